import { command, opening } from "@/kit/actions";
import { choice, type Answer } from "@/kit/contract";
import { detailPage, type Condition } from "@/kit/detail/declare";
import { admitting, cancelling, isChecked, isOpen, rejecting, resending, withdrawing } from "./decisions";
import LikelyDoubles from "./LikelyDoubles.vue";
import StudentRecord from "./StudentRecord.vue";

type Application = Answer<"enrollment.GetApplication">;
type Check = Application["checks"][number];

/** What the machine found: why a condition is not met, and whether the school may admit all the same. */
const conditionOf = ({ check, met, blocking, refusal }: Check): Condition => ({
  title: choice("PreCheck", check),
  met,
  facts: refusal ? [refusal.message, ...(blocking ? [] : ["仅为提示，核实后可以录取。"])] : [],
});

export default detailPage("enrollment.GetApplication", {
  title: ({ number, name }) => `${number} ${name}`,
  state: "state",
  tabs: [
    {
      title: "报名信息",
      facts: [
        "number",
        "state",
        "admission_round_id",
        { field: "teaching_point_name", link: "teaching_point_id" },
        "intake",
        "level",
        "student_type",
        "student_source",
        "major_code",
        "major_name",
        "schooling_length",
        "programme_id",
        "entered_by_name",
        "sent_at",
        "prior_check",
      ],
    },
    {
      title: "报名人",
      facts: [
        "name",
        "gender",
        "birth_on",
        "ethnicity",
        "political_status",
        "id_kind",
        "id_number",
        "id_valid_from",
        "id_valid_until",
        "issuing_authority",
        "card_address",
        "contact",
        "prior_education",
      ],
    },
    { title: "机器预审", evidence: ({ checks }) => checks.map(conditionOf) },
    { title: "疑似重复", own: LikelyDoubles },
    { title: "录取与学籍", own: StudentRecord },
    { timeline: "history" },
    { trail: "enrollment" },
  ],
  actions: [
    admitting,
    rejecting,
    cancelling,
    resending,
    opening("enrollment.UpdateApplication", { title: "修改", when: isOpen }),
    command("enrollment.RecordPriorEducationCheck", {
      when: isChecked,
      preset: ({ prior_check: check }: Application) => ({ check }),
    }),
    withdrawing,
    opening("enrollment.EnterApplication", { title: "录入下一份" }),
  ],
  waits: ({ state, recorded_at }) => state === "admitted" && !recorded_at,
});

import { bulk } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage } from "@/kit/detail/declare";

type Registration = Answer<"exams.GetRegistration">;

const isSat = ({ state }: Registration) => state === "sat" || state === "absent";
const isUnpaidResit = ({ resit_of, state }: Registration) => resit_of !== null && state === "pending_payment";

export default detailPage("exams.GetRegistration", {
  title: ({ student_number, student_name, course_name }) =>
    [student_number, student_name, course_name].filter(Boolean).join(" "),
  state: "state",
  waits: ({ state }) => state === "closing",
  tabs: [
    {
      facts: [
        "student_number",
        { field: "student_name", link: "student_id" },
        "teaching_point_id",
        "course_code",
        { field: "course_name", link: "course_id" },
        { field: "exam_round_code", link: "exam_round_id" },
        "exam_kind",
        "session_name",
        "starts_at",
        "selection_id",
        "resit_of",
        "ended_by",
        "held_by_withdrawal_id",
        "held_by_suspension",
        "registered_at",
      ],
    },
    { timeline: "history" },
    { trail: "exams" },
  ],
  actions: [
    bulk<"exams.RegisterResits", Registration>("exams.RegisterResits", { ids: "registration_ids", when: isSat }),
    bulk<"exams.CancelResits", Registration>("exams.CancelResits", {
      ids: "registration_ids",
      when: isUnpaidResit,
      danger: true,
    }),
  ],
});

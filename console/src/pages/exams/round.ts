import { command } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";
import TimetableTab from "./timetable/TimetableTab.vue";

type Round = Answer<"exams.GetExamRound">;

const isOpen = ({ arrangement_published_at }: Round) => arrangement_published_at === null;
const isDraft = ({ status }: Round) => status === "draft";
const isToArrange = (round: Round) => !isDraft(round) && isOpen(round);

export default detailPage("exams.GetExamRound", {
  title: (round) => `${round.code} ${round.name}`,
  state: "status",
  tabs: [
    { title: "考试日程", own: TimetableTab },
    {
      facts: [
        "code",
        "name",
        "registration_opens_at",
        "registration_closes_at",
        "session_count",
        "course_count",
        "arrangement_published_at",
      ],
    },
    related("exams.ListRegistrations", {
      by: { exam_round_id: "id" },
      columns: ["student_number", "student_name", "course_name", "exam_kind", "session_name", "starts_at", "state"],
      filters: ["search", "state", "course_id", "teaching_point_id"],
      open: "exams.GetRegistration",
      empty: "学生缴清考试费后，自动报考本批次中的课程。",
    }),
    { trail: "exams" },
  ],
  actions: [
    command("exams.AddSession", { when: isOpen, preset: () => ({ name: "" }) }),
    command("exams.UpdateExamRound", { when: isOpen }),
    command("exams.PublishExamRound", { when: isDraft }),
    command("exams.PublishArrangement", { when: isToArrange, trial: ["arranged", "suspended", "lapsed"] }),
  ],
});

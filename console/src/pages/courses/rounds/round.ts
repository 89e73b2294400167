import { command } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";
import RoundCourses from "./RoundCourses.vue";
import RoundStatistics from "./RoundStatistics.vue";

type Round = Answer<"courses.GetSelectionRound">;

export default detailPage("courses.GetSelectionRound", {
  title: ({ code, name }) => `${code} ${name}`,
  state: "status",
  tabs: [
    {
      facts: [
        "code",
        "name",
        "status",
        "course_count",
        "opens_at",
        "closes_at",
        "payment_deadline",
        "withdrawal_closes_at",
      ],
    },
    { title: "批次课程", own: RoundCourses },
    { title: "选课统计", own: RoundStatistics },
    related("courses.ListSelections", {
      title: "选课记录",
      by: { selection_round_id: "id" },
      columns: [
        { field: "student_number", link: "student_id" },
        { field: "student_name", link: "student_id" },
        "course_name",
        "state",
        "selected_at",
      ],
      filters: ["state", "course_id", "search"],
      open: "courses.GetSelection",
      empty: "这个批次还没有学生选课。",
    }),
    { trail: "courses" },
  ],
  actions: [
    command("courses.PublishSelectionRound", { when: ({ status }: Round) => status === "draft" }),
    command("courses.UpdateSelectionRound"),
  ],
});

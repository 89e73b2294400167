import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";
import { shownInstant } from "@/kit/text/moments";

export default listPage("exams.ListExamRounds", {
  columns: [
    "code",
    "name",
    "status",
    "registration_opens_at",
    "registration_closes_at",
    "session_count",
    "course_count",
    {
      field: "arrangement_published_at",
      show: ({ arrangement_published_at: at }) => (at ? shownInstant(at) : "未发布"),
    },
  ],
  filters: ["status", "open_now"],
  open: "exams.GetExamRound",
  actions: [command("exams.CreateExamRound")],
  empty: "学校考务新增考试批次、安排场次和科目并发布后，教学点即可报考。",
});

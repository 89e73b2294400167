import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("courses.ListSelectionRounds", {
  columns: [
    "code",
    "name",
    "opens_at",
    "closes_at",
    "payment_deadline",
    "withdrawal_closes_at",
    "course_count",
    "status",
  ],
  filters: ["status", "open_now"],
  open: "courses.GetSelectionRound",
  actions: [command("courses.CreateSelectionRound")],
  empty: "还没有选课批次。学校教务新增批次、添加课程并发布后，学生才可以选课。",
});

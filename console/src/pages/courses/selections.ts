import { bulk, exporting } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("courses.ListSelections", {
  title: "选课记录",
  columns: [
    { field: "student_number", link: "student_id" },
    { field: "student_name", link: "student_id" },
    { field: "course_code", link: "course_id" },
    "course_name",
    "credits",
    "state",
    "withdrawal_state",
    "selected_at",
    "due_at",
    { field: "teaching_point_id", hidden: true },
    { field: "selection_round_id", hidden: true },
    { field: "exam_round_id", hidden: true },
    { field: "learning_open", hidden: true },
    { field: "closing_reason", hidden: true },
    { field: "refusal", hidden: true, show: ({ refusal }) => refusal?.message ?? "—" },
  ],
  filters: ["search", "state", "selection_round_id", "course_id", "teaching_point_id", "intake"],
  waits: ({ state }) => state === "closing",
  open: "courses.GetSelection",
  actions: [
    bulk("courses.CancelSelections", { ids: "selection_ids", danger: true }),
    bulk("courses.RequestWithdrawals", { ids: "selection_ids" }),
    exporting("courses.ExportSelections"),
  ],
  empty: "学生自行选课、教学点代学生选课或批量选课后，选课记录显示在这里。",
});

import { listPage } from "@/kit/list/declare";
import { decisions } from "./decisions";

export default listPage("registry.ListStatusChanges", {
  columns: [
    "student_number",
    { field: "student_name", link: "student_id" },
    "kind",
    "state",
    "reason",
    "requested_at",
    "from_on",
    "until_on",
    { field: "from_teaching_point_id", hidden: true },
    { field: "to_teaching_point_id" },
    { field: "waiting_for_bills", hidden: true },
  ],
  filters: ["state", "kind", "teaching_point_id", "student_id", "requested_from", "requested_to"],
  counts: { name: "registry.CountStatusChanges", field: "state" },
  open: "registry.GetStatusChange",
  actions: decisions,
  empty: "还没有学籍异动。休学、复学、转教学点和退学在学生详情页申请。",
});

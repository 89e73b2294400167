import { listPage } from "@/kit/list/declare";
import { documentActions } from "./document-actions";

export default listPage("registry.ListIssuedDocuments", {
  columns: [
    "number",
    "document",
    { field: "holder_name", link: "student_id" },
    "status",
    "issued_at",
    "ended_at",
    { field: "reason", hidden: true },
    { field: "teaching_point_id", hidden: true },
    { field: "code", hidden: true },
  ],
  filters: ["number", "document", "status", "student_id"],
  each: documentActions,
  empty: "还没有开具过证明。在学生列表中可批量开具在读证明，在学生详情中可单独开具。",
});

import { exporting, importing } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("registry.ListStudents", {
  columns: [
    "student_number",
    "name",
    "gender",
    "teaching_point_name",
    "intake",
    "level",
    "major_name",
    "status",
    "confirmation",
    { field: "id_number_masked", hidden: true },
    { field: "student_type", hidden: true },
    { field: "schooling_length", hidden: true },
    { field: "status_change_open", hidden: true },
  ],
  filters: [
    "student_number",
    "name",
    "intake",
    "level",
    "student_type",
    "student_source",
    "major_code",
    "schooling_length",
    "status",
    "confirmation",
    "teaching_point_id",
    "account_refused",
  ],
  open: "registry.GetStudent",
  actions: [
    importing("registry.ImportStudents"),
    exporting("registry.ExportStudents"),
    exporting("registry.IssueEnrolmentCertificates", {
      title: "批量开具在读证明",
      says: "为当前筛选条件下的全部学生开具在读证明，按当前排序。不能开具的学生及原因附在文件末尾；试算只列出不能开具的学生。",
    }),
  ],
  empty: "还没有学生，可以从表格导入。",
});

/** The manual's first step of selecting for one student: finding exactly them. Their plan is the next. */
import { listPage } from "@/kit/list/declare";

export default listPage("registry.ListStudents", {
  title: "代学生选课",
  columns: ["student_number", "name", "intake", "level", "major_name", "status"],
  filters: ["student_number", "name", "intake", "level", "major_code"],
  open: "courses.GetPlan",
  empty: "还没有学生。学生注册学籍或导入后，可以在这里查找并选课。",
});

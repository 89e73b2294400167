import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("courses.ListCourses", {
  columns: ["code", "name", "credits", "education_levels", "status"],
  filters: ["search", "status", "education_level", "requirement_state"],
  open: "courses.GetCourse",
  actions: [command("courses.CreateCourse")],
  empty: "课程目录是空的，由学校教务添加课程。",
});

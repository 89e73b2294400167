import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("courses.ListTerms", {
  columns: ["name", "starts_on", "ends_on"],
  actions: [command("courses.CreateTerm")],
  each: [command("courses.UpdateTerm")],
  empty: "还没有学期。学期决定学生读到第几学期，由学校教务添加。",
});

import { opening } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("courses.ListProgrammes", {
  columns: [
    "code",
    "name",
    "version_number",
    "level",
    "major_name",
    "schooling_length",
    "from_intake",
    "until_intake",
    "status",
    { field: "student_type", hidden: true },
    { field: "student_source", hidden: true },
    { field: "major_code", hidden: true },
    { field: "early_selection", hidden: true },
  ],
  filters: [
    "search",
    "status",
    "intake",
    "level",
    "student_type",
    "student_source",
    "major_code",
    "schooling_length",
    "teaching_point_id",
  ],
  open: "courses.GetProgramme",
  actions: [opening("courses.CreateProgramme")],
  empty: "还没有培养方案。学校教务新增并发布后，学生按培养方案选课。",
});

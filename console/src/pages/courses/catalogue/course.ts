import { command } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";
import CourseVersions from "./CourseVersions.vue";

type Course = Answer<"courses.GetCourse">;

const isDraft = ({ status }: Course) => status === "draft";

export default detailPage("courses.GetCourse", {
  title: ({ code, name }) => `${code} ${name}`,
  state: "status",
  tabs: [
    { facts: ["code", "name", "credits", "education_levels", "status"] },
    { title: "版本与考核要求", own: CourseVersions },
    related("courses.ListSelections", {
      title: "选课记录",
      by: { course_id: "id" },
      columns: [
        { field: "student_number", link: "student_id" },
        { field: "student_name", link: "student_id" },
        "state",
        "selected_at",
      ],
      filters: ["state", "search"],
      open: "courses.GetSelection",
      empty: "还没有学生选这门课程。",
    }),
    { trail: "courses" },
  ],
  actions: [
    command("courses.PublishCourse", { when: isDraft }),
    command("courses.UpdateCourse", { when: ({ status }: Course) => status !== "retired" }),
    command("courses.AddCourseVersion", { when: ({ status }: Course) => status !== "retired" }),
    command("courses.RetireCourse", { when: ({ status }: Course) => status === "published", danger: true }),
  ],
});

import { page } from "@/kit/pages";

export const routes = [
  page("/registry/students", "registry.ListStudents", () => import("./students")),
  page("/registry/students/import", "registry.ImportStudents", () => import("./import-students"), { inMenu: false }),
  page("/registry/students/:student_id", "registry.GetStudent", () => import("./student")),
];

import { page } from "@/kit/pages";

export const routes = [
  page("/registry/students", "registry.ListStudents", () => import("./students")),
  page("/registry/students/import", "registry.ImportStudents", () => import("./import-students"), { inMenu: false }),
  page("/registry/students/:student_id", "registry.GetStudent", () => import("./student")),
  page("/registry/statistics", "registry.GetStudentStatistics", () => import("./StatisticsPage.vue")),
  page("/registry/status-changes", "registry.ListStatusChanges", () => import("./status-changes")),
  page("/registry/status-changes/:status_change_id", "registry.GetStatusChange", () => import("./status-change")),
  page("/registry/documents", "registry.ListIssuedDocuments", () => import("./documents")),
];

import { page } from "@/kit/pages";

export const routes = [
  page("/enrollment/signups", "enrollment.ListSignups", () => import("./signups/signups")),
  page("/enrollment/signups/:signup_id", "enrollment.GetSignup", () => import("./signups/signup")),
  page("/enrollment/applications", "enrollment.ListApplications", () => import("./applications")),
  page("/enrollment/applications/new", "enrollment.EnterApplication", () => import("./form/EnterPage.vue")),
  page("/enrollment/applications/import", "enrollment.ImportApplications", () => import("./import-applications"), {
    inMenu: false,
  }),
  page(
    "/enrollment/applications/prior-education-checks",
    "enrollment.ImportPriorEducationChecks",
    () => import("./import-prior-checks"),
    { inMenu: false },
  ),
  page("/enrollment/applications/:application_id", "enrollment.GetApplication", () => import("./application")),
  page(
    "/enrollment/applications/:application_id/edit",
    "enrollment.UpdateApplication",
    () => import("./form/EditPage.vue"),
  ),
  page("/enrollment/rounds", "enrollment.ListAdmissionRounds", () => import("./rounds/rounds")),
  page("/enrollment/rounds/:admission_round_id", "enrollment.GetAdmissionRound", () => import("./rounds/round")),
  page(
    "/enrollment/statistics",
    "enrollment.GetApplicationStatistics",
    () => import("./statistics/StatisticsPage.vue"),
  ),
  page("/enrollment/settings", "enrollment.ListSettings", () => import("./settings"), { title: "招生设置" }),
];

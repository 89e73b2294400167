import { page } from "@/kit/pages";

/** Everybody's own pages: they belong to no group of the menu. */
export const routes = [
  page("/account/profile", "identity.GetAccount", () => import("./ProfilePage.vue"), { title: "个人信息" }),
  page("/account/password", "identity.ChangePassword", () => import("./PasswordPage.vue")),
  page("/account/second-factor", "identity.GetSecondFactor", () => import("./SecondFactorPage.vue")),
  page("/account/delegations", "identity.ListDelegations", () => import("./DelegationsPage.vue")),
  page("/account/sessions", "identity.ListSessions", () => import("./SessionsPage.vue")),
  page("/account/notices", "identity.ListNotices", () => import("./NoticesPage.vue")),
  page("/account/tasks", "gateway.ListAllTasks", () => import("./tasks")),
  page("/account/tasks/:task_id", "gateway.GetTask", () => import("./task")),
];

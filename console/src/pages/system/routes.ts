import { page } from "@/kit/pages";
import { SERVICE_PARAM, SERVICES } from "@/kit/services";

export const routes = [
  page("/system/teaching-points", "identity.ListTeachingPoints", () => import("./teaching-points")),
  page("/system/teaching-points/:teaching_point_id", "identity.GetTeachingPoint", () => import("./teaching-point")),
  page("/system/users", "identity.ListUsers", () => import("./users")),
  page("/system/users/:user_id", "identity.GetUser", () => import("./user")),
  page("/system/user-bindings", "identity.ListUserBindings", () => import("./user-bindings")),
  page("/system/unbound-subjects", "identity.ListUnboundSubjects", () => import("./unbound-subjects")),
  page("/system/sign-in-providers", "identity.ListSignInProviders", () => import("./sign-in-providers")),
  page("/system/settings", "identity.ListSettings", () => import("./settings"), { title: "学校设置" }),
  page(`/system/audit/${SERVICE_PARAM}`, "identity.ListAuditEntries", () => import("./audit"), {
    path: "/system/audit",
    title: "审计记录",
    inMenu: true,
    services: SERVICES,
  }),
  page(`/system/erasures/${SERVICE_PARAM}`, "identity.ListErasures", () => import("./erasures"), {
    path: "/system/erasures",
    title: "到期清除记录",
    inMenu: true,
    services: SERVICES,
  }),
  page(`/system/messages/${SERVICE_PARAM}`, "identity.ListParkedMessages", () => import("./messages"), {
    path: "/system/messages",
    title: "消息故障",
    inMenu: true,
    services: SERVICES,
  }),
  page("/system/reconciliation", "courses.ListSelectionStatements", () => import("./ReconciliationPage.vue"), {
    title: "对账",
  }),
];

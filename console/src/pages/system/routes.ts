import { page } from "@/kit/pages";

export const routes = [
  page("/system/users", "identity.ListUsers", () => import("./users")),
  page("/system/users/:user_id", "identity.GetUser", () => import("./user")),
];

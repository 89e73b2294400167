import { bulk, command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";
import { rolesOf } from "./roles";

export default listPage("identity.ListUsers", {
  columns: [
    "username",
    "name",
    { field: "roles", show: rolesOf },
    { field: "teaching_point_name", link: "teaching_point_id" },
    "status",
    "last_signed_in_at",
    { field: "local_sign_in", hidden: true },
    { field: "mobile", hidden: true },
    { field: "email", hidden: true },
    { field: "position", hidden: true },
  ],
  filters: ["search", "role", "status", "bound", "teaching_point_id"],
  open: "identity.GetUser",
  actions: [
    command("identity.CreateUser"),
    bulk("identity.IssueOneTimePasswords", { ids: "user_ids" }),
    bulk("identity.ForgiveFailedSignIns", { ids: "user_ids" }),
  ],
});

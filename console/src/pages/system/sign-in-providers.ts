import { command } from "@/kit/actions";
import type { Row } from "@/kit/contract";
import { listPage } from "@/kit/list/declare";

type Provider = Row<"identity.ListSignInProviders">;

export default listPage("identity.ListSignInProviders", {
  columns: [
    "name",
    "kind",
    "address",
    "status",
    "callback_address",
    { field: "client_id", hidden: true },
    { field: "has_client_secret", hidden: true },
    { field: "name_attribute", hidden: true },
    { field: "password_address", hidden: true },
  ],
  filters: [],
  actions: [command("identity.CreateSignInProvider")],
  each: [
    command("identity.UpdateSignInProvider", { title: "修改" }),
    command("identity.DisableSignInProvider", {
      title: "停用",
      when: ({ status }: Provider) => status === "enabled",
      danger: true,
    }),
    command("identity.EnableSignInProvider", { title: "启用", when: ({ status }: Provider) => status === "disabled" }),
  ],
  empty: "新增统一认证平台后，登录页会出现相应的入口。",
});

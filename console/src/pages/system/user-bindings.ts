import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("identity.ListUserBindings", {
  columns: [
    { field: "username", link: "user_id" },
    "name",
    "subject",
    "provider_name",
    "local_sign_in",
    "created_at",
    { field: "reason", wide: true },
  ],
  filters: ["search", "sign_in_provider_id"],
  actions: [command("identity.BindUser")],
  each: [
    command("identity.ChangeLocalSignIn", { title: "本地登录", preset: () => ({ reason: "" }) }),
    command("identity.UnbindUser", { title: "解除", preset: () => ({ reason: "" }), danger: true }),
  ],
  empty: "用户绑定统一认证账号后，即可通过统一身份认证登录。",
});

import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("identity.ListUnboundSubjects", {
  columns: ["subject", "name", "provider_name", "last_tried_at", "first_tried_at"],
  filters: ["sign_in_provider_id"],
  each: [command("identity.BindUser", { title: "绑定" })],
  empty: "有人通过统一身份认证登录而尚未绑定账号时，会出现在这里，保留 30 天。",
});

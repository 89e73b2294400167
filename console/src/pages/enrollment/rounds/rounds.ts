import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("enrollment.ListAdmissionRounds", {
  columns: ["code", "name", "intake", "levels", "opens_at", "closes_at", "review_closes_at", "status"],
  filters: ["intake", "status", "open_now"],
  open: "enrollment.GetAdmissionRound",
  actions: [command("enrollment.CreateAdmissionRound")],
  empty: "还没有招生批次。招生办新增并发布批次后，教学点才可以录入报名表。",
});

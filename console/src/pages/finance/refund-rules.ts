import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";

export default listPage("finance.ListRefundRules", {
  columns: [
    "kind",
    { field: "within_days", show: ({ within_days }) => (within_days === null ? "不限" : `缴费后 ${within_days} 天内`) },
    { field: "percent", show: ({ percent }) => `${percent}%` },
  ],
  actions: [command("finance.CreateRefundRule")],
  each: [command("finance.DeleteRefundRule", { title: "删除", danger: true })],
  empty: "没有退费规则时，退课不退费。",
});

import { command } from "@/kit/actions";
import { listPage } from "@/kit/list/declare";
import { withinDays } from "@/kit/references";

export default listPage("finance.ListRefundRules", {
  columns: [
    "kind",
    { field: "within_days", show: ({ within_days }) => withinDays(within_days) },
    { field: "percent", show: ({ percent }) => `${percent}%` },
  ],
  actions: [command("finance.CreateRefundRule")],
  each: [command("finance.DeleteRefundRule", { title: "删除", danger: true })],
  empty: "没有退费规则时，退课不退费。",
});

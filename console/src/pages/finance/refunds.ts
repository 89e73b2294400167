import { bulk, command } from "@/kit/actions";
import type { Row } from "@/kit/contract";
import { listPage } from "@/kit/list/declare";

type Refund = Row<"finance.ListRefunds">;

export default listPage("finance.ListRefunds", {
  columns: [
    "number",
    "state",
    "amount",
    "reason",
    { field: "method", hidden: true },
    "teaching_point_id",
    "bill_id",
    { field: "student_id", hidden: true },
    { field: "withdrawal_id", hidden: true },
    { field: "paid_out_on", hidden: true },
    { field: "bank_reference", hidden: true },
    { field: "note", hidden: true },
    "created_at",
  ],
  filters: ["state", "reason", "teaching_point_id", "withdrawal_id"],
  actions: [bulk("finance.ConfirmRefunds", { ids: "refund_ids" })],
  each: [
    command("finance.FailRefund", { when: ({ state }: Refund) => state === "pending", danger: true }),
    command("finance.RetryRefund", { when: ({ state }: Refund) => state === "failed" }),
  ],
  empty: "退课经财务审核通过后，按退费规则生成退费。",
});

import { listPage } from "@/kit/list/declare";

export default listPage("finance.ListSuspense", {
  columns: [
    "booked_at",
    "amount",
    { field: "reason", show: ({ reason, refusal }) => refusal?.message ?? reason, wide: true },
    "refund_state",
    "teaching_point_id",
    "bill_id",
    "remittance_id",
  ],
  filters: ["teaching_point_id"],
  empty: "到账款项所对应的缴费单已取消或已缴清时，会在此挂账，并自动生成退费。",
});

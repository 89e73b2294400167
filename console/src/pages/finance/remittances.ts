import { listPage } from "@/kit/list/declare";

export default listPage("finance.ListRemittances", {
  columns: [
    "number",
    "teaching_point_id",
    "state",
    "amount",
    "bill_count",
    "payer_name",
    "remitted_on",
    { field: "receipt", show: ({ receipt }) => (receipt ? "已提交" : "未提交") },
    { field: "received_on", hidden: true },
    { field: "bank_reference", hidden: true },
    "created_at",
    { field: "reviewed_at", hidden: true },
  ],
  filters: ["search", "state", "teaching_point_id"],
  open: "finance.GetRemittance",
  empty: "教学点在缴费单列表中勾选未缴费的缴费单，点击“新增汇款单”后，汇款单会出现在这里。",
});

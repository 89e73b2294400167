import { listPage } from "@/kit/list/declare";

export default listPage("finance.ListLedgerEntries", {
  columns: ["posted_at", "posting", "account", "amount", "teaching_point_id", "student_id", "bill_id"],
  filters: ["account", "teaching_point_id", "student_id", "bill_id", "since", "until"],
  empty: "开具缴费单、到账、退费时自动记账。",
});

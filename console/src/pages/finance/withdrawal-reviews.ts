import { bulk } from "@/kit/actions";
import type { Row } from "@/kit/contract";
import { listPage } from "@/kit/list/declare";

type Review = Row<"finance.ListWithdrawalReviews">;
const asRow = { ids: "withdrawal_ids", key: "withdrawal_id" } as const;

export default listPage("finance.ListWithdrawalReviews", {
  columns: [
    "student_number",
    { field: "student_name", link: "student_id" },
    "course_name",
    "state",
    "refund_amount",
    "reason",
    "teaching_point_id",
    "requested_at",
    { field: "course_code", hidden: true },
  ],
  filters: ["search", "state", "teaching_point_id"],
  key: "withdrawal_id",
  waits: ({ state }) => state === "waiting_for_hold",
  open: "finance.GetWithdrawalReview",
  actions: [
    bulk<"finance.ApproveWithdrawalReviews", Review>("finance.ApproveWithdrawalReviews", asRow),
    bulk<"finance.RejectWithdrawalReviews", Review>("finance.RejectWithdrawalReviews", { ...asRow, danger: true }),
  ],
  empty: "退课申请经教务审核通过后，会转到这里等待财务审核。",
});

import { bulk } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage, related } from "@/kit/detail/declare";
import { evidenceOf } from "./review/evidence";

type Review = Answer<"finance.GetWithdrawalReview">;

const decision = {
  ids: "withdrawal_ids",
  key: "withdrawal_id",
  when: ({ state }: Review) => state === "pending",
} as const;

export default detailPage("finance.GetWithdrawalReview", {
  title: ({ student_number, student_name, course_name }) =>
    [student_number, student_name, course_name].filter(Boolean).join(" "),
  state: "state",
  waits: ({ state }) => state === "waiting_for_hold",
  tabs: [
    { title: "审核依据", evidence: evidenceOf },
    {
      facts: [
        "student_number",
        { field: "student_name", link: "student_id" },
        "teaching_point_id",
        "course_code",
        { field: "course_name", link: "course_id" },
        "selection_id",
        "withdrawal_id",
        "reason",
        "refund_amount",
        "requested_at",
      ],
    },
    { timeline: "history" },
    related("finance.ListRefunds", {
      by: { withdrawal_id: "withdrawal_id" },
      columns: ["number", "amount", "method", "state", "paid_out_on", "bank_reference", "created_at"],
      empty: "财务审核通过后，按退费规则生成退费。",
    }),
    { trail: "finance" },
  ],
  actions: [
    bulk<"finance.ApproveWithdrawalReviews", Review>("finance.ApproveWithdrawalReviews", decision),
    bulk<"finance.RejectWithdrawalReviews", Review>("finance.RejectWithdrawalReviews", { ...decision, danger: true }),
  ],
});

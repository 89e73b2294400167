import { bulk, opening } from "@/kit/actions";
import { listOf } from "@/kit/list/declare";

export const WITHDRAWALS = listOf("courses.ListWithdrawals", {
  columns: [
    { field: "student_number", link: "student_id" },
    { field: "student_name", link: "student_id" },
    "teaching_point_id",
    { field: "course_code", hidden: true },
    "course_name",
    "state",
    "revocable",
    "learning_open",
    "amount",
    "requested_at",
    { field: "reason", hidden: true },
    { field: "refusal", hidden: true, show: ({ refusal }) => refusal?.message ?? "—" },
  ],
  filters: [
    "search",
    "state",
    "teaching_point_id",
    "course_id",
    "selection_round_id",
    "requested_from",
    "requested_to",
  ],
  open: "courses.GetWithdrawal",
  actions: [
    opening("courses.RequestWithdrawals", { title: "添加退课申请" }),
    bulk("courses.ApproveWithdrawals", { ids: "withdrawal_ids", title: "审核通过" }),
    bulk("courses.RejectWithdrawals", { ids: "withdrawal_ids", title: "审核驳回", danger: true }),
    bulk("courses.RevokeWithdrawals", { ids: "withdrawal_ids", title: "撤销申请", danger: true }),
  ],
  empty: "教学点或学生在退课期内提交申请后，显示在这里。",
});

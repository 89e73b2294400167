import { bulk } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage } from "@/kit/detail/declare";
import WithdrawalProgress from "./WithdrawalProgress.vue";

type Withdrawal = Answer<"courses.GetWithdrawal">;

const isUndecided = ({ state }: Withdrawal) => state === "pending_academic";

export default detailPage("courses.GetWithdrawal", {
  title: ({ student_name, course_name }) => `${student_name} ${course_name}`,
  state: "state",
  tabs: [
    {
      facts: [
        "student_number",
        "student_name",
        "teaching_point_id",
        "course_code",
        "course_name",
        "selection_id",
        "reason",
        "requested_at",
        "state",
        "revocable",
        "learning_open",
        "amount",
        "refusal",
      ],
    },
    { title: "办理进度与依据", own: WithdrawalProgress },
    { timeline: "history" },
    { trail: "courses" },
  ],
  actions: [
    bulk("courses.ApproveWithdrawals", { ids: "withdrawal_ids", title: "审核通过", when: isUndecided }),
    bulk("courses.RejectWithdrawals", { ids: "withdrawal_ids", title: "审核驳回", when: isUndecided, danger: true }),
    bulk("courses.RevokeWithdrawals", {
      ids: "withdrawal_ids",
      title: "撤销申请",
      when: ({ revocable }: Withdrawal) => revocable,
      danger: true,
    }),
  ],
});

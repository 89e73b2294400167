import { bulk } from "@/kit/actions";
import type { Answer } from "@/kit/contract";
import { detailPage } from "@/kit/detail/declare";

type Withdrawal = Answer<"courses.GetWithdrawal">;

export default detailPage("courses.GetWithdrawal", {
  title: (withdrawal) => withdrawal.course_name,
  state: "state",
  tabs: [
    { facts: ["course_code", "course_name", "state", "reason", "amount", "learning_open", "requested_at"] },
    { timeline: "history" },
  ],
  actions: [
    bulk("courses.RevokeWithdrawals", {
      ids: "withdrawal_ids",
      when: ({ revocable }: Withdrawal) => revocable,
      danger: true,
    }),
  ],
});

/** What a decision on a withdrawal stands on. */
import { choice, type Answer } from "@/kit/contract";
import type { Condition } from "@/kit/detail/declare";
import { shownInstant } from "@/kit/text/moments";
import { shownMoney } from "@/kit/text/show";

type Withdrawal = Pick<Answer<"courses.GetWithdrawal">, "requested_at" | "refusal">;
type Bill = Answer<"courses.GetSelection">["bills"][number];
type Round = Pick<Answer<"courses.GetSelectionRound">, "code" | "name" | "opens_at" | "withdrawal_closes_at">;

const PAID = new Set(["paid", "refunding", "refunded"]);

const factOf = ({ kind, number, amount, status }: Bill) =>
  `${choice("FeeKind", kind)} ${number}，¥${shownMoney(amount)}，${choice("BillStatus", status)}`;

/** Whether the course was paid, asked for in time, and what the system itself found against it. */
export function evidenceOf(withdrawal: Withdrawal, bills: readonly Bill[], round: Round): Condition[] {
  const at = Date.parse(withdrawal.requested_at);
  const isInTime = Date.parse(round.opens_at) <= at && at < Date.parse(round.withdrawal_closes_at);
  return [
    {
      title: "课程已缴费",
      met: bills.length > 0 && bills.every(({ status }) => PAID.has(status)),
      facts: bills.map(factOf),
    },
    {
      title: "在退课期内提出申请",
      met: isInTime,
      facts: [
        `选课批次 ${round.code} ${round.name}`,
        `申请时间 ${shownInstant(withdrawal.requested_at)}，退课截止 ${shownInstant(round.withdrawal_closes_at)}`,
      ],
    },
    {
      title: "没有不能退课的情形",
      met: !withdrawal.refusal,
      facts: withdrawal.refusal ? [withdrawal.refusal.message] : [],
    },
  ];
}

/** What finance's decision on a withdrawal stands on: the exam is held, and what of each fee goes back by the rules. */
import { choice, type Answer } from "@/kit/contract";
import type { Condition } from "@/kit/detail/declare";
import { shownMoney } from "@/kit/text/show";

type Review = Pick<Answer<"finance.GetWithdrawalReview">, "state" | "refusal" | "bills">;
type Bill = Review["bills"][number];

function ofBill({
  kind,
  number,
  status,
  amount,
  days_since_payment: days,
  percent,
  refund_amount: back,
}: Bill): Condition {
  const paid = days === null ? choice("BillStatus", status) : `缴费已 ${days} 天`;
  return {
    title: `${choice("FeeKind", kind)} ${number}：${percent > 0 ? "退费" : "不退费"}`,
    met: percent > 0,
    facts: [`金额 ${shownMoney(amount)} 元，${paid}，按退费规则退 ${percent}%，计 ${shownMoney(back)} 元。`],
  };
}

/** The conditions, the hold first: nothing is paid back for an exam that may still be sat. */
export function evidenceOf({ state, refusal, bills }: Review): Condition[] {
  const isHeld = state !== "waiting_for_hold" && !refusal;
  const facts = refusal ? [refusal.message] : isHeld ? [] : ["考务尚未暂停该课程的报考，暂不能审核。"];
  return [{ title: "该课程的报考已暂停", met: isHeld, facts }, ...bills.map(ofBill)];
}

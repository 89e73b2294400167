/** Who has to act next on a withdrawal, as the manual tells of its seven states, and what the state means for learning. */
import { choice, type Row } from "@/kit/contract";

export type State = Row<"courses.ListWithdrawals">["state"];

const NEXT: Record<State, readonly [role: string, step: string] | null> = {
  pending_academic: ["school_registrar", "审核"],
  pending_finance: ["school_finance", "审核"],
  finance_approved: ["school_finance", "退费"],
  academic_rejected: null,
  finance_rejected: null,
  refunded: null,
  revoked: null,
};

/** `学校教务审核`; that nobody has to, where it is decided. */
export function nextOf(state: State): string {
  const next = NEXT[state];
  return next ? `${choice("Role", next[0])}${next[1]}` : "已办结";
}

/** Whether somebody still has to act. */
export const isOpen = (state: State) => NEXT[state] !== null;

/** Which selections a withdrawal can be asked for: those whose round lets one, and of which none is open. */
import type { Row } from "@/kit/contract";

type Round = Pick<Row<"courses.ListSelectionRounds">, "id" | "opens_at" | "withdrawal_closes_at">;
type Selection = Pick<Row<"courses.ListSelections">, "selection_round_id" | "withdrawal_state">;

const OPEN = new Set(["pending_academic", "pending_finance", "finance_approved", "refunded"]);

/** `now` in milliseconds. What can't be asked for now, or is asked for already, is left out. */
export function withdrawable<S extends Selection>(
  selections: readonly S[],
  rounds: readonly Round[],
  now: number,
): S[] {
  const open = new Set(
    rounds
      .filter((round) => Date.parse(round.opens_at) <= now && now < Date.parse(round.withdrawal_closes_at))
      .map(({ id }) => id),
  );
  return selections.filter(
    (each) => open.has(each.selection_round_id) && !(each.withdrawal_state && OPEN.has(each.withdrawal_state)),
  );
}

/** How selections, bills and registrations stand together, as the three services state them. */
import type { Row } from "@/kit/contract";

export type SelectionStatement = Row<"courses.ListSelectionStatements">;
export type BillStatement = Row<"finance.ListBillStatements">;
export type RegistrationStatement = Row<"exams.ListRegistrationStatements">;

export interface Statements {
  selections: SelectionStatement[];
  bills: BillStatement[];
  registrations: RegistrationStatement[];
}

/** Selections that stand alike in all three services. */
export interface Group {
  selection: SelectionStatement["state"];
  withdrawal: SelectionStatement["withdrawal_state"];
  /** Kind and status of each bill, in the order of kinds. */
  bills: (readonly [BillStatement["kind"], BillStatement["status"]])[];
  registrations: RegistrationStatement["state"][];
  count: number;
  /** One of them. */
  example: string;
}

/** Rows that name a row which its service does not have. */
export interface Orphan {
  thing: "bill" | "registration";
  id: string;
  of: "selection" | "registration";
  ofId: string;
}

function by<Row>(rows: readonly Row[], key: (row: Row) => string | null): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const name = key(row);
    if (name !== null) found.set(name, [...(found.get(name) ?? []), row]);
  }
  return found;
}

/** Selections grouped by how they stand; the commonest first. */
export function groupsOf({ selections, bills, registrations }: Statements): Group[] {
  const billsOf = by(bills, (bill) => bill.selection_id);
  const registrationsOf = by(registrations, (registration) => registration.selection_id);
  const groups = new Map<string, Group>();
  for (const { id, state, withdrawal_state: withdrawal } of selections) {
    const ofBills = (billsOf.get(id) ?? []).map(({ kind, status }) => [kind, status] as const).sort();
    const ofRegistrations = (registrationsOf.get(id) ?? []).map((each) => each.state).sort();
    const key = JSON.stringify([state, withdrawal, ofBills, ofRegistrations]);
    const group = groups.get(key);
    if (group) group.count += 1;
    else
      groups.set(key, {
        selection: state,
        withdrawal,
        bills: ofBills,
        registrations: ofRegistrations,
        count: 1,
        example: id,
      });
  }
  return [...groups.values()].sort((one, other) => other.count - one.count);
}

/** Bills and registrations of nothing that there is. */
export function orphansOf({ selections, bills, registrations }: Statements): Orphan[] {
  const known = { selection: ids(selections), registration: ids(registrations) };
  const named: Orphan[] = [
    ...bills.flatMap(({ id, selection_id, registration_id }) => [
      ...(selection_id ? [{ thing: "bill", id, of: "selection", ofId: selection_id } as const] : []),
      ...(registration_id ? [{ thing: "bill", id, of: "registration", ofId: registration_id } as const] : []),
    ]),
    ...registrations.flatMap(({ id, selection_id }) =>
      selection_id ? [{ thing: "registration", id, of: "selection", ofId: selection_id } as const] : [],
    ),
  ];
  return named.filter(({ of, ofId }) => !known[of].has(ofId));
}

const ids = (rows: readonly { id: string }[]) => new Set(rows.map(({ id }) => id));

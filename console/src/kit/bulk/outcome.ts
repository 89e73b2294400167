/** What became of each row of a command about many, whichever of the contract's shapes the answer has. */
import type { AnyRequest } from "@/kit/contract";

export interface RowOutcome {
  id: string;
  state: string | null;
  /** Why it was not done; empty when it was. */
  reasons: string[];
}

export interface Reason {
  sentence: string;
  count: number;
}

interface AnyResult {
  id?: string;
  subject_id?: string;
  state?: string | null;
  refusal?: { message: string } | null;
  refusals?: { message: string }[];
}

const idOf = (result: AnyResult) => result.id ?? result.subject_id ?? "";
const reasonsOf = ({ refusal, refusals = [] }: AnyResult) =>
  [...(refusal ? [refusal] : []), ...refusals].map(({ message }) => message);

/** One outcome for each of the ids that were sent. An answer that tells nothing of rows did all of them. */
export function outcomesOf(answer: unknown, ids: readonly string[]): RowOutcome[] {
  const items = (answer as { items?: AnyResult[] } | null)?.items ?? [];
  const told = new Map(items.map((item) => [idOf(item), item]));
  return ids.map((id) => {
    const item = told.get(id);
    return { id, state: item?.state ?? null, reasons: item ? reasonsOf(item) : [] };
  });
}

/** Why rows were not done: each sentence with how many rows it is about, the commonest first. */
export function reasonsIn(outcomes: readonly RowOutcome[]): Reason[] {
  const counts = new Map<string, number>();
  for (const sentence of outcomes.flatMap(({ reasons }) => reasons))
    counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  return [...counts].map(([sentence, count]) => ({ sentence, count })).sort((one, other) => other.count - one.count);
}

export const done = (outcomes: readonly RowOutcome[]) => outcomes.filter(({ reasons }) => reasons.length === 0);
export const refused = (outcomes: readonly RowOutcome[]) => outcomes.filter(({ reasons }) => reasons.length > 0);

/** Ids in parts that one request may have. */
export function parts<Id>(ids: readonly Id[], most: number): Id[][] {
  const count = Math.ceil(ids.length / most);
  return Array.from({ length: count }, (_, index) => ids.slice(index * most, (index + 1) * most));
}

/** One request for a part of the ids. */
export const requestFor = (fields: AnyRequest, ids: string, part: readonly string[]): AnyRequest => ({
  ...fields,
  [ids]: part,
});

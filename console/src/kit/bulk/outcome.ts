/** What became of each row of a command about many, whichever of the contract's shapes the answer has. */
import type { AnyRequest } from "@/kit/contract";

export interface RowOutcome {
  id: string;
  state: string | null;
  /** Why it was not done; empty when it was. */
  reasons: string[];
  /** What to know of one that was, as a clash of exams. */
  warnings?: string[];
}

export interface Reason {
  sentence: string;
  count: number;
}

interface AnyResult {
  id?: string;
  subject_id?: string;
  resit_of?: string;
  selection_id?: string | null;
  course_id?: string;
  state?: string | null;
  refusal?: { message: string } | null;
  refusals?: { message: string }[];
  warnings?: { message: string }[];
}

const idsOf = ({ id, subject_id, course_id, selection_id, resit_of }: AnyResult) =>
  [id, subject_id, course_id, selection_id, resit_of].filter((each) => typeof each === "string");
const reasonsOf = ({ refusal, refusals = [] }: AnyResult) =>
  [...(refusal ? [refusal] : []), ...refusals].map(({ message }) => message);

const resultsIn = (answer: unknown): AnyResult[] => {
  const { items, results } = (answer ?? {}) as { items?: AnyResult[]; results?: AnyResult[] };
  return items ?? results ?? [];
};

function outcomeOf(id: string, result: AnyResult | undefined): RowOutcome {
  const warnings = result?.warnings?.map(({ message }) => message) ?? [];
  return {
    id,
    state: result?.state ?? null,
    reasons: result ? reasonsOf(result) : [],
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

/** One outcome for each of the ids that were sent. An answer that tells nothing of rows did all of them. */
export function outcomesOf(answer: unknown, ids: readonly string[]): RowOutcome[] {
  const told = new Map(resultsIn(answer).flatMap((result) => idsOf(result).map((id) => [id, result] as const)));
  return ids.map((id) => outcomeOf(id, told.get(id)));
}

/** The outcomes that an answer tells of; none where it tells nothing of rows. */
export const outcomesIn = (answer: unknown): RowOutcome[] =>
  resultsIn(answer).map((result) => outcomeOf(idsOf(result)[0] ?? "", result));

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

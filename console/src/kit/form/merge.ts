/**
 * Somebody was faster: what they changed and what is being entered here, field by field. What only one side changed is
 * taken from it; what both changed differently is for people to choose.
 */
import type { Field } from "@/kit/contract";
import type { Draft } from "./draft";

export interface Clash {
  field: Field;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  draft: Draft;
  clashes: Clash[];
  /** What the other side changed, and is taken over as nobody changed it here. */
  taken: Field[];
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** `base` is what the form began with, `theirs` the row as it is now. Until somebody chooses, a clash stays mine. */
export function merged(fields: readonly Field[], base: Draft, mine: Draft, theirs: Draft): Merged {
  const result: Merged = { draft: { ...mine }, clashes: [], taken: [] };
  for (const field of fields) {
    const { name } = field;
    if (same(theirs[name], base[name]) || same(theirs[name], mine[name])) continue;
    if (same(mine[name], base[name])) {
      result.draft[name] = theirs[name];
      result.taken.push(field);
    } else result.clashes.push({ field, mine: mine[name], theirs: theirs[name] });
  }
  return result;
}

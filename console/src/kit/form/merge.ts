/**
 * Somebody was faster: what they changed and what is being entered here, field by field. What only one side changed is
 * taken from it; what both changed differently is for people to choose.
 */
import type { Field } from "@/kit/contract";
import type { Draft } from "./draft";

export interface Clash {
  /** Where the field stands, those of a group within it: `contact.mobile`. */
  path: string;
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
export function merged(fields: readonly Field[], base: Draft, mine: Draft, theirs: Draft, above = ""): Merged {
  const result: Merged = { draft: { ...mine }, clashes: [], taken: [] };
  for (const field of fields) {
    const { name } = field;
    const path = above + name;
    if (same(theirs[name], base[name]) || same(theirs[name], mine[name])) continue;
    if (same(mine[name], base[name])) {
      result.draft[name] = theirs[name];
      result.taken.push(field);
    } else if (field.kind === "object") {
      const [before, own, other] = [base[name], mine[name], theirs[name]] as [Draft, Draft, Draft];
      const inner = merged(field.fields ?? [], before, own, other, `${path}.`);
      result.draft[name] = inner.draft;
      result.clashes.push(...inner.clashes);
      result.taken.push(...inner.taken);
    } else result.clashes.push({ path, field, mine: mine[name], theirs: theirs[name] });
  }
  return result;
}

/** The draft with their values at these clashes. */
export const withTheirs = (draft: Draft, clashes: readonly Clash[]): Draft =>
  clashes.reduce((now, { path, theirs }) => put(now, path.split("."), theirs), draft);

function put(draft: Draft, [name = "", ...rest]: readonly string[], value: unknown): Draft {
  return { ...draft, [name]: rest.length > 0 ? put(draft[name] as Draft, rest, value) : value };
}

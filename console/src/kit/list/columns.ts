/** Which columns are shown and in which order: as declared, until somebody arranges them on their device. */
import type { Field } from "@/kit/contract";
import { remembered } from "@/kit/remembered";

export interface Arrangement {
  /** Columns in the order that was chosen. */
  order: readonly string[];
  hidden: readonly string[];
}

/** The declared columns as arranged: ones that are gone are dropped, ones that came since stand where they are declared. */
export function arranged(declared: readonly string[], { order }: Arrangement): string[] {
  const known = order.filter((name) => declared.includes(name));
  return declared.reduce<string[]>((columns, name, index) => {
    if (columns.includes(name)) return columns;
    const before = declared
      .slice(0, index)
      .reverse()
      .find((each) => columns.includes(each));
    columns.splice(before === undefined ? 0 : columns.indexOf(before) + 1, 0, name);
    return columns;
  }, known);
}

/** A list with one of its members a place further up (-1) or down (1). */
export function moved<Member>(list: readonly Member[], member: Member, by: -1 | 1): Member[] {
  const from = list.indexOf(member);
  const to = from + by;
  if (from < 0 || to < 0 || to >= list.length) return [...list];
  const next = list.filter((each) => each !== member);
  next.splice(to, 0, member);
  return next;
}

/** Where this device keeps the arrangement of a list. */
export const arrangementOf = (list: string) => remembered<Arrangement>(`columns.${list}`);

const NO_CELLS = new Set<Field["kind"]>(["id", "object", "list", "map", "file", "any"]);

/** The fields of a list's rows that a file can have as columns: those that are shown, in their order, then the others. */
export function columnsOfFiles(answer: readonly Field[], shown: readonly string[]): Field[] {
  const place = ({ name }: Field) => (shown.includes(name) ? shown.indexOf(name) : shown.length);
  return answer
    .filter(({ kind, name }) => !NO_CELLS.has(kind) && name !== "version")
    .sort((one, other) => place(one) - place(other));
}

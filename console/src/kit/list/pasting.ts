/**
 * Rows chosen by a column of numbers or names, as it is pasted from a sheet: each is looked for under the list's
 * filters, and found where a row is called exactly so.
 */
import { fieldOf, operation, type AnyRequest, type AnyRow, type Field, type ListName } from "@/kit/contract";
import { checked } from "@/kit/form/check";
import { number } from "@/kit/text/clean";
import { allFound, type Chosen } from "./selection";

export const MOST = 500; // cells: each is looked for by itself
const AT_ONCE = 4;
const ROWS = 1000; // that one cell may find, of which those with exactly this name are wanted
const NUMBERS = ["number", "student_number", "username"];
const NAMES = ["student_name", "name"];
/** Whose they are no address says, so nothing is looked for by them. */
const ID_NUMBER = /^\d{17}[\dX]$/i;

export interface Pasted {
  rows: Chosen;
  /** What no row is called. */
  missing: string[];
  /** Names of several people: whom is meant nobody can tell. */
  ambiguous: string[];
}

/** The list's filter that a cell is looked for by; undefined where there is none. */
function filterFor(list: ListName, cell: string): Field | undefined {
  const { request } = operation(list);
  return fieldOf(request, "search") ?? fieldOf(request, /\d/.test(cell) ? "student_number" : "name");
}

/** Whether rows of a list can be chosen so. */
export const canPaste = (list: ListName) => filterFor(list, "0") !== undefined;

const plain = (value: unknown) => (typeof value === "string" ? number(value).toLowerCase() : undefined);
const isCalled = (row: AnyRow, cell: string, fields: readonly string[]) =>
  fields.some((field) => plain(row[field]) === plain(cell));
const people = (rows: readonly AnyRow[]) => new Set(rows.map((row) => row.student_number ?? row.username)).size;

/** Look for each cell; `tell` hears how many were looked for. Raises a Problem, or what `signal` was aborted with. */
export async function foundBy(
  cells: readonly string[],
  list: { name: ListName; key: string },
  asked: AnyRequest,
  tell: (count: number) => void,
  signal: AbortSignal,
): Promise<Pasted> {
  const idOf = (row: AnyRow) => String(row[list.key]);
  const rows = new Map<string, AnyRow>();
  const pasted: Pasted = { rows, missing: [], ambiguous: [] };

  async function look(cell: string): Promise<AnyRow[]> {
    const filter = filterFor(list.name, cell);
    if (!filter || ID_NUMBER.test(cell) || checked([filter], { [filter.name]: cell })[filter.name]) return [];
    const wanted = { ...asked, [filter.name]: cell };
    const found = await allFound(list.name, wanted, idOf, ROWS, () => undefined, signal);
    return [...found.values()];
  }

  function take(cell: string, found: readonly AnyRow[]): void {
    const numbered = found.filter((row) => isCalled(row, cell, NUMBERS));
    const named = numbered.length > 0 ? [] : found.filter((row) => isCalled(row, cell, NAMES));
    if (people(named) > 1) pasted.ambiguous.push(cell);
    else if (numbered.length + named.length === 0) pasted.missing.push(cell);
    else [...numbered, ...named].forEach((row) => rows.set(idOf(row), row));
  }

  for (let begin = 0; begin < cells.length; begin += AT_ONCE) {
    const some = cells.slice(begin, begin + AT_ONCE);
    const found = await Promise.all(some.map(look));
    some.forEach((cell, index) => take(cell, found[index] ?? []));
    tell(begin + some.length);
  }
  return pasted;
}

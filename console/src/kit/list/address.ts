/**
 * What a list shows stands in its address: filters, order, page. So the back button, a bookmark and a colleague get
 * the same list. Filters that may name a person (names, texts, numbers of identity documents) never stand in an
 * address: they go with the entry of the browser's history, which stays on the machine.
 */
import type { Field } from "@/kit/contract";

export type Filters = Readonly<Record<string, string | readonly string[]>>;
type Query = Readonly<Record<string, string | null | readonly (string | null)[] | undefined>>;

export interface Asking {
  filters: Filters;
  /** A field, with a minus for descending; empty for the list's own order. */
  sort: string;
  page: number;
  /** The row behind which the page begins, where it has no number: beyond the rows that are counted. */
  after: string;
  size: number;
}

export const SIZES = [20, 50, 100, 200] as const;
export const NUMBERED = 10_000; // rows that pages with a number reach
const SIZE = 50;
const PRIVATE_KINDS = new Set(["name", "free", "text", "identifier", "secret"]);
const PRIVATE_NAMES = /^(id_number|mobile|phone|email)/;

/** Whether a filter's value may name a person, and stays out of the address. */
export const isPrivate = (field: Field) => PRIVATE_KINDS.has(field.kind) || PRIVATE_NAMES.test(field.name);

/** A list as it begins. */
export const beginning = (filters: Filters = {}): Asking => ({ filters, sort: "", page: 1, after: "", size: SIZE });

const single = (value: Query[string]) => (Array.isArray(value) ? value[0] : (value as string | null | undefined)) ?? "";

function whole(value: Query[string], otherwise: number): number {
  const text = single(value);
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : otherwise;
}

function given(fields: readonly Field[], values: Query): Filters {
  const found: [string, string | readonly string[]][] = fields.flatMap((field) => {
    const value = values[field.name];
    if (field.kind === "list") {
      const many = (Array.isArray(value) ? value : [value]).filter((each): each is string => !!each);
      return many.length > 0 ? [[field.name, many]] : [];
    }
    return single(value) === "" ? [] : [[field.name, single(value)]];
  });
  return Object.fromEntries(found);
}

/** What an address and its entry in the history ask for. What is no filter of the list, or no number, is passed over. */
export function read(filters: readonly Field[], query: Query, hidden: unknown): Asking {
  const kept = typeof hidden === "object" && hidden !== null ? (hidden as Query) : {};
  const open = filters.filter((field) => !isPrivate(field));
  const size = whole(query.size, SIZE);
  return {
    filters: { ...given(open, query), ...given(filters.filter(isPrivate), kept) },
    sort: /^-?[a-z][a-z0-9_]*$/.test(single(query.sort)) ? single(query.sort) : "",
    page: whole(query.page, 1),
    after: single(query.after),
    size: (SIZES as readonly number[]).includes(size) ? size : SIZE,
  };
}

export interface Written {
  query: Record<string, string | string[]>;
  hidden: Record<string, string | string[]>;
}

const copy = (value: string | readonly string[]) => (typeof value === "string" ? value : [...value]);

/** The address of what is asked for, and what goes with its entry in the history. */
export function write(filters: readonly Field[], { filters: values, sort, page, after, size }: Asking): Written {
  const set = filters.filter(
    ({ name }) => values[name] !== undefined && values[name] !== "" && values[name].length > 0,
  );
  const those = (fields: Field[]) => Object.fromEntries(fields.map(({ name }) => [name, copy(values[name]!)]));
  return {
    query: {
      ...those(set.filter((field) => !isPrivate(field))),
      ...(sort ? { sort } : {}),
      ...(page > 1 ? { page: String(page) } : {}),
      ...(after ? { after } : {}),
      ...(size !== SIZE ? { size: String(size) } : {}),
    },
    hidden: those(set.filter(isPrivate)),
  };
}

/** What the server is asked: behind a row or by a page's number, never both. */
export function request({ filters, sort, page, after, size }: Asking): Record<string, unknown> {
  return { ...filters, size, ...(sort ? { sort } : {}), ...(after ? { after } : page > 1 ? { page } : {}) };
}

/** The order after the head of a column was chosen: its own, turned round, then the list's again. */
export function turned(sort: string, field: string): string {
  return sort === field ? `-${field}` : sort === `-${field}` ? "" : field;
}

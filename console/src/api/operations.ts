import type { operations as Described } from "generated/api";
import table from "generated/operations.json";

/** What a field takes and how it is called, as the contracts say. */
export interface Field {
  name: string;
  label: string;
  kind: FieldKind;
  required: boolean;
  nullable?: boolean;
  /** The table of `words.choices` that has the words of its values. */
  choices?: string;
  /** Of a list of choices those that a page offers; all where it does not say. */
  only?: readonly string[];
  /** What an id names: `teaching_point`, `course` … */
  reference?: string;
  /** What to know when it is filled in, beside its limits. */
  hint?: string;
  example?: unknown;
  default?: unknown;
  min?: number;
  max?: number;
  min_length?: number;
  max_length?: number;
  min_items?: number;
  max_items?: number;
  pattern?: string;
  /** Of a list or map: what each of its values is. */
  items?: Omit<Field, "name" | "label" | "required">;
  /** Of an object. */
  fields?: Field[];
}

export type FieldKind =
  | "text" // of no kind that is known
  | "name" // of a person
  | "title" // of a thing, a place, a school
  | "number" // of a student, a phone, a document; a code
  | "free" // whatever people write
  | "identifier" // a username, an e-mail address
  | "word" // of the code: a state, a table
  | "sentence" // of the system, for people
  | "secret" // a password, a token
  | "id"
  | "money" // text, in yuan with two places
  | "decimal"
  | "integer"
  | "boolean"
  | "day"
  | "instant"
  | "enum"
  | "file"
  | "picture" // of a setting: a PNG as Base64
  | "list"
  | "map"
  | "object"
  | "any"; // of a setting: what its schema says

/** How a list is sorted and filtered. */
export interface Paging {
  order: string | null;
  sorts: string[];
  filters: string[];
  together: string[][];
  looked_at: string[];
}

/** A route of the API. */
export interface Operation {
  service: string;
  label: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  path_params: string[];
  /** The permission that it wants, or `public`, or `signed_in`. */
  permission: string;
  status: number;
  is_command: boolean;
  before_first_steps: boolean;
  downloads: boolean;
  request: Field[];
  /** The fields of the answer; of a page of a list, those of its rows. */
  answer: Field[];
  page: Paging | null;
}

type Pascal<S extends string> = S extends `${infer Head}_${infer Rest}`
  ? `${Capitalize<Head>}${Pascal<Rest>}`
  : Capitalize<S>;
type Called<Id> = Id extends `${infer Service}.${infer Name}.${infer Part}`
  ? `${Service}.${Pascal<Name>}.${Part}`
  : Id extends `${infer Service}.${infer Name}`
    ? `${Service}.${Pascal<Name>}`
    : never;
type ByName = { [Id in keyof Described as Called<Id>]: Described[Id] };

/** `finance.ListBills`: the service and its contract, and of a download the field of the answer. */
export type OperationName = keyof ByName;

// A body without fields is described as one that can have none, which nothing else can be joined with.
type Part<T> = NonNullable<T> extends Record<string, never> ? unknown : NonNullable<T>;
type Content<T> = NonNullable<T> extends { content: { "application/json": infer Value } } ? Value : never;
type Parameters<N extends OperationName> = ByName[N]["parameters"];
type Body<N extends OperationName> = ByName[N] extends { requestBody?: infer Sent } ? Content<Sent> : never;
type Good<Responses> = Responses[keyof Responses & (200 | 201 | 202)];

/** All fields of an operation, whether they travel in the path, the query or the body. */
export type Request<N extends OperationName> = Part<Parameters<N>["path"]> &
  Part<Parameters<N>["query"]> &
  Part<Body<N>>;
export type Answer<N extends OperationName> = Content<Good<ByName[N]["responses"]>>;
/** A row of a list. */
export type Row<N extends OperationName> = Answer<N> extends { items: (infer Item)[] } ? Item : never;

/** What the fields of a request are called. */
export function labelsOf<N extends OperationName>(name: N): Record<keyof Request<N> & string, string> {
  const labels = operation(name).request.map(({ name: field, label }) => [field, label]);
  return Object.fromEntries(labels) as Record<keyof Request<N> & string, string>;
}

/** What is known of an operation. A page that names one that is gone does not compile. */
export function operation(name: OperationName): Operation {
  const found = table[name];
  if (found === undefined) throw new Error(`no such operation: ${name}`);
  return found;
}

/**
 * What the kit and its pages know of the contract: operations by their name, as `finance.ListBills`, and the names of
 * their fields as types, so that a page which names a field that is gone does not compile.
 */
import { operation, type Answer, type Field, type OperationName, type Request, type Row } from "@/api/operations";

export { call } from "@/api/client";
export { operation };
export type { Field, FieldKind, Operation } from "@/api/operations";
export { choice, choicesOf } from "@/words";
export type { Answer, Request, Row };

/** The name of an operation of the API. */
export type Name = OperationName;

/** The names of operations that answer pages of a list. */
export type ListName = { [N in Name]: [Row<N>] extends [never] ? never : N }[Name];

/** A field of what an operation is asked with. */
export type RequestField<N extends Name> = keyof Request<N> & string;
/** A field of a list's rows. */
export type RowField<N extends Name> = keyof Row<N> & string;
/** A field of what is answered. */
export type AnswerField<N extends Name> = keyof Answer<N> & string;
/** What a list is filtered by. */
export type Filter<N extends Name> = Exclude<RequestField<N>, "page" | "size" | "sort" | "after">;

/** What one value of a list or map is, as a field of its own. */
export const itemOf = (field: Field): Field =>
  ({ ...field, choices: undefined, reference: field.reference, ...field.items }) as Field;

/** A row without its types, as what shows any list handles it. */
export type AnyRow = Readonly<Record<string, unknown>>;
/** What an operation is asked with, without its types. */
export type AnyRequest = Record<string, unknown>;

/** The fields of a list's rows, be it answered by pages or all at once. */
export function rowFields(name: ListName): readonly Field[] {
  const { answer } = operation(name);
  const items = fieldOf(answer, "items");
  return items?.kind === "list" ? (itemOf(items).fields ?? []) : answer;
}

/** A field by its name; undefined where there is none of it. */
export const fieldOf = (fields: readonly Field[], name: string) => fields.find((field) => field.name === name);

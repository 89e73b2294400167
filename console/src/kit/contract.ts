/**
 * What the kit knows of the contract: the types of every operation by its name, as `finance.ListBills`, and what the
 * generated table says of its fields. Pages and kit name operations and fields; a field that is gone does not compile.
 */
import type { operations } from "generated/api";
import { call } from "@/api/client";
import { operation, type Field, type Operation } from "@/api/operations";
import words from "generated/words.json";

export { call, operation };
export type { Field, Operation };

type Pascal<Text extends string> = Text extends `${infer First}_${infer Rest}`
  ? `${Capitalize<First>}${Pascal<Rest>}`
  : Capitalize<Text>;

type NameOf<Id> = Id extends `${infer Service}.${infer Method}.${infer File}`
  ? `${Service}.${Pascal<Method>}.${File}`
  : Id extends `${infer Service}.${infer Method}`
    ? `${Service}.${Pascal<Method>}`
    : never;

type Described = { [Id in keyof operations as NameOf<Id>]: operations[Id] };

/** The name of an operation of the API. */
export type Name = keyof Described & string;

type Json<Content> = Content extends { content: { "application/json": infer Body } } ? Body : never;
type Good<Responses> = Json<Responses[keyof Responses & (200 | 201 | 202)]>;
type Part<N extends Name, Key extends string> = Described[N] extends { parameters: infer Parameters }
  ? Key extends keyof Parameters
    ? NonNullable<Parameters[Key]>
    : unknown
  : unknown;
type Body<N extends Name> = Described[N] extends { requestBody?: infer Given } ? BodyOf<NonNullable<Given>> : unknown;
type BodyOf<Given> = Given extends { content: { "application/json": infer Fields } } ? Fields : unknown;

/** What an operation answers. */
export type Answer<N extends Name> = Good<Described[N]["responses"]>;
/** All that an operation is asked with: path, query and body are one. */
export type Asked<N extends Name> = Part<N, "query"> & Part<N, "path"> & Body<N>;
/** A field of what an operation is asked with. */
export type AskedField<N extends Name> = keyof Asked<N> & string;
/** A row of a list's page. */
export type Row<N extends Name> = Answer<N> extends { items: readonly (infer One)[] } ? One : never;
/** A field of a list's rows. */
export type RowField<N extends Name> = keyof Row<N> & string;
/** What a list is filtered by. */
export type Filter<N extends Name> = Exclude<AskedField<N>, "page" | "size" | "sort" | "after">;
/** A field of what is answered. */
export type AnswerField<N extends Name> = keyof Answer<N> & string;
/** The names of operations that answer pages of a list. */
export type ListName = { [N in Name]: [Row<N>] extends [never] ? never : N }[Name];

/** What a value of an enum is called; the value itself where a newer server has one that this console does not know. */
export function choiceWord(choices: string, value: string): string {
  return (words.choices as Record<string, Record<string, string>>)[choices]?.[value] ?? value;
}

/** The values of an enum with their words, in their order. */
export function choicesOf(choices: string): [value: string, word: string][] {
  return Object.entries((words.choices as Record<string, Record<string, string>>)[choices] ?? {});
}

/** A row without its types, as what shows any list handles it. */
export type AnyRow = Readonly<Record<string, unknown>>;

/** A field of a list of fields; undefined where there is none of the name. */
export const fieldOf = (fields: readonly Field[], name: string) => fields.find((field) => field.name === name);

/**
 * What is in a form while it is filled in, and what of it is sent. Texts, numbers, money and moments are text until
 * they are sent, so that nothing is lost or rounded while somebody types.
 */
import { itemOf, type AnyRequest, type Field } from "@/kit/contract";
import { widgetOf } from "@/kit/fields/widget";
import { dayOf, instantOf, minuteOf, shownInstant } from "@/kit/text/moments";

export type Draft = Record<string, unknown>;

/** A field with nothing in it. */
export function emptyOf(field: Field): unknown {
  if (field.kind === "list") return [];
  if (field.kind === "object")
    return Object.fromEntries((field.fields ?? []).map((each) => [each.name, beginningOf(each)]));
  if (field.kind === "file") return null;
  return widgetOf(field) === "tick" ? false : "";
}

const beginningOf = (field: Field) => (field.default === undefined ? emptyOf(field) : entered(field, field.default));

/** A value of the contract as it is entered. */
export function entered(field: Field, value: unknown): unknown {
  if (value === null || value === undefined) return emptyOf(field);
  if (field.kind === "list") return (value as unknown[]).map((each) => entered(itemOf(field), each));
  if (field.kind === "object") return draftOf(field.fields ?? [], value as AnyRequest);
  if (field.kind === "file" || widgetOf(field) === "tick") return value;
  return field.kind === "instant" ? shownInstant(String(value)) : String(value);
}

/** A form as it begins: with what is given, else with the contract's defaults. */
export function draftOf(fields: readonly Field[], given: AnyRequest = {}): Draft {
  return Object.fromEntries(
    fields.map((field) => [field.name, field.name in given ? entered(field, given[field.name]) : beginningOf(field)]),
  );
}

/** What is sent of a value; undefined for nothing. `given` is what it began with: an instant has seconds that no form shows. */
export function sentOf(field: Field, value: unknown, given?: unknown): unknown {
  if (field.kind === "list") return sentList(field, value as unknown[], given);
  if (field.kind === "object") return sentObject(field, value as Draft, given as AnyRequest | undefined);
  if (field.kind === "file") return value ?? undefined;
  if (field.kind === "picture") return value; // none is a value, too
  if (typeof value === "boolean") return value;
  const text = String(value ?? "").trim();
  return text === "" ? undefined : sentText(field, text, given);
}

function sentText(field: Field, text: string, given: unknown): unknown {
  if (field.kind === "boolean") return text === "true";
  if (field.kind === "integer") return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  // A decimal with a pattern is text in the contract, as money is; one without is a number.
  if (field.kind === "decimal" && !field.pattern) return Number.isFinite(Number(text)) ? Number(text) : text;
  if (field.kind === "day") return dayOf(text) ?? text;
  if (field.kind === "instant") return sentInstant(text, given);
  return text;
}

function sentInstant(text: string, given: unknown): unknown {
  if (typeof given === "string" && shownInstant(given) === text) return given;
  const minute = minuteOf(text);
  return minute ? instantOf(minute) : text;
}

function sentList(field: Field, values: unknown[], given: unknown): unknown {
  const before = Array.isArray(given) ? (given as unknown[]) : [];
  const sent = values
    .map((value, index) => sentOf(itemOf(field), value, before[index]))
    .filter((each) => each !== undefined);
  // None of a list that must have some, where there is one, is no list.
  const mayBeEmpty = field.required || (before.length > 0 && !field.min_items);
  return sent.length > 0 || mayBeEmpty ? sent : undefined;
}

function sentObject(field: Field, value: Draft, given: AnyRequest | null | undefined): unknown {
  const sent = requestOf(field.fields ?? [], value, given ?? {});
  // A tick that nobody touched is no content of a group that may be left out.
  const isFilled = Object.values(sent).some((each) => typeof each !== "boolean");
  return isFilled || field.required ? sent : undefined;
}

/** What is sent of a form: fields that are left empty are left out. */
export function requestOf(fields: readonly Field[], draft: Draft, given: AnyRequest = {}): AnyRequest {
  const sent = fields.map((field) => [field.name, sentOf(field, draft[field.name], given[field.name])] as const);
  return Object.fromEntries(sent.filter(([, value]) => value !== undefined));
}

/** Whether somebody has entered anything since a form began. */
export const isChanged = (now: Draft, before: Draft) => JSON.stringify(now) !== JSON.stringify(before);

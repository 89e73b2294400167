/** What is said below a field: what the contract takes, what it is about, an example. */
import { itemOf, operation, type Field, type Name, type RequestField } from "@/kit/contract";

const EXEMPLARY = new Set<Field["kind"]>(["number", "money", "decimal", "title", "identifier"]);
const UNCOUNTED = new Set<Field["kind"]>(["picture", "any", "id", "enum"]); // whose controls say it themselves

function range({ min, max }: Field, unit = ""): string {
  if (min !== undefined && max !== undefined) return `${min} 至 ${max}${unit}`;
  if (min !== undefined) return `不小于 ${min}${unit}`;
  return max === undefined ? "" : `不大于 ${max}${unit}`;
}

function length({ min_length = 0, max_length }: Field): string {
  if (max_length === undefined) return "";
  return min_length > 1 ? `${min_length} 至 ${max_length} 个字符` : `最多 ${max_length} 个字`;
}

function count(field: Field): string {
  const item = itemOf(field);
  const isTold = !item.choices && item.kind !== "object"; // those are chosen, and added one by one
  return isTold && field.max_items ? `最多 ${field.max_items} ${item.kind === "file" ? "个文件" : "项"}` : "";
}

/** How much of it there may be. */
function limits(field: Field): string {
  if (field.choices || UNCOUNTED.has(field.kind)) return "";
  if (field.kind === "list") return count(field);
  if (field.kind === "integer") return range(field, " 的整数");
  if (field.kind === "decimal") return range(field);
  // A password that is known is entered as it is, one that is chosen has a pattern.
  return field.kind === "secret" && !field.pattern ? "" : length(field);
}

const example = ({ kind, choices, example: given }: Field) =>
  EXEMPLARY.has(kind) && !choices && given !== undefined ? `例如 ${String(given)}` : "";

/** The hint of a field of a form; empty where its label says enough. */
export function hintOf(field: Field): string {
  return [limits(field), field.hint, example(field)].filter(Boolean).join("；");
}

/** The hints of an operation's fields by their names. */
export const hintsOf = <N extends Name>(name: N) =>
  Object.fromEntries(operation(name).request.map((field) => [field.name, hintOf(field)])) as Record<
    RequestField<N>,
    string
  >;

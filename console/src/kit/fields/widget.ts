/** By what a field is entered. */
import { itemOf, type Field } from "@/kit/contract";
import { referenceOf } from "@/kit/references";

export type Widget =
  | "text"
  | "area"
  | "secret"
  | "moment"
  | "choice"
  | "tick"
  | "truth"
  | "picker"
  | "choices"
  | "column"
  | "rows"
  | "group"
  | "files"
  | "picture";

const LONG = 100; // characters from which on a text has several lines

/** Of a filter, a truth value has a third: that nobody asks for it. */
export function widgetOf(field: Field, isFilter = false): Widget {
  if (field.kind === "list") return listWidget(itemOf(field));
  if (field.kind === "object") return "group";
  if (field.kind === "file") return "files";
  if (field.kind === "picture") return "picture";
  if (field.kind === "secret" || field.name.includes("password")) return "secret";
  if (field.kind === "day" || field.kind === "instant") return "moment";
  if (field.kind === "boolean") return isFilter || field.nullable ? "truth" : "tick";
  if (field.choices) return "choice";
  if (field.kind === "id" && referenceOf(field.reference)?.list) return "picker";
  return field.kind === "free" && (field.max_length ?? 0) > LONG ? "area" : "text";
}

function listWidget(item: Field): Widget {
  if (item.kind === "file") return "files";
  if (item.kind === "object") return "rows";
  if (item.choices) return "choices";
  return item.kind === "id" && referenceOf(item.reference)?.list ? "picker" : "column";
}

/** Widgets of several controls, which a legend names instead of a label. */
export const isGroup = (widget: Widget) => ["choices", "rows", "group"].includes(widget);

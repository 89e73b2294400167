/** How values of the contract read. Long numbers and money stay text all the way: no digit is lost. */
import { choice, itemOf, type Field } from "@/kit/contract";
import { shownInstant } from "./moments";

export const NOTHING = "—";

/** An amount with its thousands apart: `1234567.50` → `1,234,567.50`. */
export function shownMoney(amount: string): string {
  const [, sign = "", whole = "", rest = ""] = /^(-?)(\d+)(.*)$/.exec(amount) ?? [];
  return whole === "" ? amount : `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${rest}`;
}

const UNITS = ["B", "KB", "MB", "GB"] as const;

/** A number of bytes as people read it. */
export function shownSize(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < UNITS.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`;
}

/** How many rows there are; beyond what is counted, about how many. */
export function shownTotal(total: number, about: boolean): string {
  return `${about ? "约 " : ""}${shownMoney(String(total))} 条`;
}

/** A value of the contract as text. */
export function shown(field: Field, value: unknown): string {
  if (value === null || value === undefined || value === "") return NOTHING;
  if (Array.isArray(value)) return shownList(field, value);
  if (typeof value === "boolean") return value ? "是" : "否";
  if (typeof value === "object") return shownObject(field, value as Record<string, unknown>);
  const text = String(value);
  if (field.kind === "money") return shownMoney(text);
  if (field.kind === "instant") return shownInstant(text);
  return field.choices ? choice(field.choices, text) : text;
}

function shownList(field: Field, values: unknown[]): string {
  const item = itemOf(field);
  return values.length === 0 ? NOTHING : values.map((value) => shown(item, value)).join("、");
}

function shownObject(field: Field, value: Record<string, unknown>): string {
  if (field.kind === "file") return String(value.name ?? NOTHING);
  if (typeof value.message === "string") return value.message; // a refusal: its code and figures are in the sentence
  const told = (field.fields ?? []).map((each) => shown(each, value[each.name])).filter((text) => text !== NOTHING);
  return told.length === 0 ? NOTHING : told.join(" ");
}

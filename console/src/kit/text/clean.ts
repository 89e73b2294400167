/**
 * What is typed or pasted, made plain as it comes in: full-width digits of an input method, blanks of a copied number,
 * signs of a sheet's currency format. The server cleans again and decides; this is so that people see at once what is
 * meant. None of these is called while an input method is composing.
 */
import type { Field } from "@/kit/contract";

export type Clean = (text: string) => string;

const UNSEEN = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const DISTANCE = 0xfee0;
const BLANKS = /[\s\u00a0\u3000]+/g;
const COUNTRY = /^(?:\+|00)?86(?=1\d{10}$)/;

/** Full-width letters, digits and signs as plain ones. */
export const halfWidth: Clean = (text) =>
  text.replace(FULL_WIDTH, (sign) => String.fromCharCode(sign.charCodeAt(0) - DISTANCE)).replace(/\u3000/g, " ");

/** Without characters that nobody sees, which come with copied text. */
export const seen: Clean = (text) => text.replace(UNSEEN, "");

/** A number or code that people read out: plain characters, no blanks. */
export const number: Clean = (text) => halfWidth(seen(text)).replace(BLANKS, "");

/** The number of a document: its letters are capitals. */
export const documentNumber: Clean = (text) => number(text).toUpperCase();

/** A mobile number as phones copy it: hyphens and the country's code go. */
export const mobile: Clean = (text) => number(text).replace(/-/g, "").replace(COUNTRY, "");

/** An amount: without currency signs and thousands' commas; the full stop of Chinese input is a point. */
export const money: Clean = (text) =>
  number(text)
    .replace(/[¥￥,元]/g, "")
    .replace(/。/g, ".");

/** A whole or decimal number. */
export const decimal: Clean = (text) => number(text).replace(/,/g, "").replace(/。/g, ".");

const PATTERN_OF_MOBILES = "^1[3-9]";

/** How what is typed into a field is cleaned while typing; text that people write stays as they write it. */
export function cleanerOf(field: Field): Clean {
  if (field.kind === "money") return money;
  if (field.kind === "integer" || field.kind === "decimal") return decimal;
  if (field.pattern?.startsWith(PATTERN_OF_MOBILES)) return mobile;
  if (field.name.startsWith("id_number")) return documentNumber;
  if (field.kind === "number") return number;
  return seen;
}

/** Cells of a column as it is pasted from a sheet: one a line, without empty ones and doubles, in their order. */
export function pastedColumn(text: string): string[] {
  const cells = text.split(/[\r\n\t]+|[,，;；、]/).map(number);
  return [...new Set(cells.filter((cell) => cell !== ""))];
}

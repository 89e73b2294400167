/** Payments by day as a picture. */
import type { Answer } from "@/kit/contract";
import type { Bars } from "@/kit/figures/bars";
import { shownMoney } from "@/kit/text/show";

export type Payments = Answer<"finance.GetPaymentsByDay">;

const COLOURS = { received: "#1d6b2f", refunded: "#b3261e" };
const DAY = 24 * 60 * 60 * 1000; // milliseconds
const DATE = "2026-09-01".length;
const YEAR = "2026-".length; // which everybody knows of days that are not long ago

/** Each day from the first to the last. They are read and written as those of one zone, so no browser's moves them. */
function daysBetween(first: string, last: string): string[] {
  const count = Math.round((Date.parse(last) - Date.parse(first)) / DAY) + 1;
  return Array.from({ length: count }, (_, day) =>
    new Date(Date.parse(first) + day * DAY).toISOString().slice(0, DATE),
  );
}

/** A bar for what was received on each day and one for what was refunded. `wordOf` says what these are called. */
export function barsOf({ since, until, items }: Payments, wordOf: (name: "received" | "refunded") => string): Bars {
  const days = daysBetween(since, until);
  const byDay = new Map(items.map((item) => [item.day, item]));
  return {
    titles: days.map((day) => day.slice(YEAR)),
    series: (["received", "refunded"] as const).map((name) => ({
      name: wordOf(name),
      colour: COLOURS[name],
      values: days.map((day) => Number(byDay.get(day)?.[name] ?? 0)),
    })),
    isStanding: true,
    shown: (value) => `${shownMoney(value.toFixed(2))} 元`,
  };
}

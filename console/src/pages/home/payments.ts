/** Payments by day as a picture. */
import type { Answer } from "@/kit/contract";
import type { Bars } from "@/kit/figures/bars";
import { shownMoney } from "@/kit/text/show";

export type Day = Answer<"finance.GetPaymentsByDay">["items"][number];

const COLOURS = { received: "#1d6b2f", refunded: "#b3261e" };
const YEAR = "2026-".length; // which everybody knows of days that are not long ago

/** A bar for what was received on each day and one for what was refunded. `wordOf` says what these are called. */
export const barsOf = (days: readonly Day[], wordOf: (name: "received" | "refunded") => string): Bars => ({
  titles: days.map(({ day }) => day.slice(YEAR)),
  series: (["received", "refunded"] as const).map((name) => ({
    name: wordOf(name),
    colour: COLOURS[name],
    values: days.map((day) => Number(day[name])),
  })),
  isStanding: true,
  shown: (value) => `${shownMoney(value.toFixed(2))} 元`,
});

/** What the audit trail tells of a row: who, when, what, and what it changed. */
import { listOf, type AnyList } from "@/kit/list/declare";
import { NOTHING } from "@/kit/text/show";
import { fields } from "@/words";
import { trailOf } from "./tabs";

type Values = Readonly<Record<string, unknown>>;

const told = (value: unknown) =>
  value === null || value === undefined ? NOTHING : typeof value === "object" ? JSON.stringify(value) : String(value);
const wordOf = (name: string) => (fields as Record<string, string>)[name] ?? name;

/** What is different afterwards, field by field: `金额：110.00 → 120.00`. */
export function changes(before: Values | null | undefined, after: Values | null | undefined): string {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .filter((name) => told(before?.[name]) !== told(after?.[name]))
    .map((name) => `${wordOf(name)}：${before ? `${told(before[name])} → ` : ""}${told(after?.[name])}`)
    .join("；");
}

/** The audit trail of a service as a list, which the page narrows to one row. */
export function trailList(service: string): AnyList {
  return listOf(trailOf(service), {
    columns: [
      "at",
      "actor_name",
      "action",
      { field: "after", show: ({ before, after }) => changes(before, after) || NOTHING, wide: true },
      "client",
    ],
    empty: "没有审计记录。",
  });
}

/** What the audit trail tells of a row: who, when, what, and what it changed. */
import { listOf, type AnyList, type ColumnOf } from "@/kit/list/declare";
import { thingOf } from "@/kit/references";
import { shownInstant } from "@/kit/text/moments";
import { NOTHING } from "@/kit/text/show";
import { fields } from "@/words";
import { trailOf } from "./tabs";
import { wordOfValue } from "./values";

type Column = ColumnOf<ReturnType<typeof trailOf>>;
type Values = Readonly<Record<string, unknown>>;

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;
/** What stands there in place of a secret. */
const UNTOLD: Readonly<Record<string, string>> = { changed: "已更换" };

function told(name: string, value: unknown): string {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value === "boolean") return value ? "是" : "否";
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  return INSTANT.test(text) ? shownInstant(text) : (UNTOLD[text] ?? wordOfValue(name, text));
}
const wordOf = (name: string) => (fields as Record<string, string>)[name] ?? name;

/** What is different afterwards, field by field: `金额：110.00 → 120.00`. */
export function changes(before: Values | null | undefined, after: Values | null | undefined): string {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .filter((name) => told(name, before?.[name]) !== told(name, after?.[name]))
    .map((name) => `${wordOf(name)}：${before ? `${told(name, before[name])} → ` : ""}${told(name, after?.[name])}`)
    .join("；");
}

const CHANGES = {
  field: "after",
  show: ({ before, after }) => changes(before, after) || NOTHING,
  wide: true,
} as const satisfies Column;
/** Who did it: nobody that is known, the system itself, or a person. */
export const NOBODY: Readonly<Record<string, string>> = { anonymous: "未登录者", system: "系统" };
const ACTOR = {
  field: "actor_name",
  link: "actor_id",
  show: ({ actor_id, actor_name }) => (actor_id ? actor_name : NOBODY[actor_name ?? "system"]) ?? actor_name ?? NOTHING,
} as const satisfies Column;
const EMPTY = "没有审计记录。";

/** The audit trail of a service as a list, which the page narrows to one row. */
export function trailList(service: string): AnyList {
  return listOf(trailOf(service), { columns: ["at", ACTOR, "action", CHANGES, "client"], empty: EMPTY });
}

/** The whole audit trail of a service. */
export function auditList(service: string): AnyList {
  return listOf(trailOf(service), {
    columns: [
      "at",
      ACTOR,
      "action",
      { field: "object_type", about: (entry) => [thingOf(entry.object_type), entry.object_id] },
      CHANGES,
      "client",
      { field: "teaching_point_id", hidden: true },
      { field: "object_id", hidden: true },
      { field: "correlation_id", hidden: true },
    ],
    filters: ["since", "until", "actor_id", "object_type", "action", "object_id", "correlation_id"],
    title: "审计记录",
    empty: EMPTY,
  });
}

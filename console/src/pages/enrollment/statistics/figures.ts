/** Figures of forms by their states: of each teaching point, programme or day. */
import { choice, choicesOf, type Answer, type Request } from "@/kit/contract";
import { tableOf, type FigureTable } from "@/kit/figures/figures";

export type Grouping = NonNullable<Request<"enrollment.GetApplicationStatistics">["group_by"]>;
export type Count = Answer<"enrollment.GetApplicationStatistics">["items"][number];

const STATES = choicesOf("ApplicationState").map(({ value }) => value);

/** What a figure is counted by, as rows are called. */
export function rowOf({ teaching_point_id, level, major_name, day }: Count, nameOf: (id: string) => string): string {
  if (teaching_point_id) return nameOf(teaching_point_id);
  return day ?? `${choice("Level", level ?? "")} ${major_name ?? ""}`;
}

/** The figures as a table: the largest first, but days as they came. */
export function tableBy(counts: readonly Count[], by: Grouping, nameOf: (id: string) => string): FigureTable {
  const figures = counts.map((each) => ({ row: rowOf(each, nameOf), column: each.state, count: each.count }));
  const table = tableOf(figures, STATES);
  if (by !== "day") return table;
  return { ...table, rows: [...table.rows].sort((one, other) => one.name.localeCompare(other.name)) };
}

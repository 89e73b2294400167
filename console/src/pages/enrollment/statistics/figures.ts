/** Figures of forms by their states: of each teaching point, programme or day. */
import { choice, choicesOf, type Answer, type Request } from "@/kit/contract";
import { tableOf, type FigureTable } from "@/kit/figures/figures";

export type Grouping = NonNullable<Request<"enrollment.GetApplicationStatistics">["group_by"]>;
export type Count = Answer<"enrollment.GetApplicationStatistics">["items"][number];

const STATES = choicesOf("ApplicationState").map(({ value }) => value);

/** What a figure is counted by: a point by its id, a day, or a major with its level, since several levels have it. */
const rowOf = ({ teaching_point_id, level, major_name, day }: Count) =>
  teaching_point_id ?? day ?? `${choice("Level", level ?? "")} ${major_name ?? ""}`;

/** The figures as a table: the largest first, but days as they came. */
export function tableBy(counts: readonly Count[], by: Grouping): FigureTable {
  const figures = counts.map((each) => ({ row: rowOf(each), column: each.state, count: each.count }));
  const table = tableOf(figures, STATES);
  if (by !== "day") return table;
  return { ...table, rows: [...table.rows].sort((one, other) => one.name.localeCompare(other.name)) };
}

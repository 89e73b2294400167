/** Figures of a round as a table and as a picture: selections by state, of each point, course or both. */
import { fieldOf, itemOf, operation, type Answer, type Request } from "@/kit/contract";
import type { Bars } from "@/kit/figures/bars";

export type Grouping = NonNullable<Request<"courses.GetSelectionStatistics">["group_by"]>;
export type Count = Answer<"courses.GetSelectionStatistics">["items"][number];

export const STATES = ["selected", "pending_payment", "withdrawn", "cancelled", "lapsed"] as const;
export type State = (typeof STATES)[number];
export type Figures = Record<State, number>;

export interface FigureRow extends Figures {
  key: string;
  /** What is counted: of a point, a course, or a course at a point. */
  titles: string[];
  total: number;
}

/** How a state's column is called. */
export const labelOf = (state: State) => {
  const items = fieldOf(operation("courses.GetSelectionStatistics").answer, "items");
  return fieldOf(items ? (itemOf(items).fields ?? []) : [], state)?.label ?? state;
};

const hasPoint = (by: Grouping) => by === "point" || by === "point_and_course";
const hasCourse = (by: Grouping) => by === "course" || by === "point_and_course";

/** The heads of what is counted by. */
export function headsOf(by: Grouping): string[] {
  return [...(hasPoint(by) ? ["教学点"] : []), ...(hasCourse(by) ? ["课程"] : []), ...(by === "round" ? ["批次"] : [])];
}

/** Rows of the table, those with most selections first. `pointOf` says how a point is called. */
export function rowsOf(counts: readonly Count[], by: Grouping, pointOf: (id: string) => string): FigureRow[] {
  return counts
    .map((count) => ({
      key: `${count.teaching_point_id ?? ""} ${count.course_id ?? ""}`,
      titles: titlesOf(count, by, pointOf),
      ...figuresOf(count),
      total: STATES.reduce((sum, state) => sum + count[state], 0),
    }))
    .sort((one, other) => other.total - one.total || one.titles.join().localeCompare(other.titles.join()));
}

function titlesOf(count: Count, by: Grouping, pointOf: (id: string) => string): string[] {
  if (by === "round") return ["全部"];
  const point = hasPoint(by) ? [count.teaching_point_id ? pointOf(count.teaching_point_id) : ""] : [];
  return [...point, ...(hasCourse(by) ? [count.course_name ?? ""] : [])];
}

const figuresOf = (count: Figures): Figures =>
  Object.fromEntries(STATES.map((state) => [state, count[state]])) as Figures;

/** All rows together. */
export function sumOf(rows: readonly FigureRow[]): Figures & { total: number } {
  const sum = (name: State | "total") => rows.reduce((all, row) => all + row[name], 0);
  return { ...(Object.fromEntries(STATES.map((state) => [state, sum(state)])) as Figures), total: sum("total") };
}

const SHOWN = 20; // bars that a picture can be read with

const COLOURS: Record<State, string> = {
  selected: "#1d6b2f",
  pending_payment: "#c77700",
  withdrawn: "#5a5fae",
  cancelled: "#8a9099",
  lapsed: "#b3261e",
};

/** The picture: a bar a row, its states on top of each other; `left` is how many rows it leaves out. */
export function barsOf(rows: readonly FigureRow[]): Bars & { left: number } {
  const drawn = rows.slice(0, SHOWN);
  return {
    titles: drawn.map(({ titles }) => titles.join(" ")),
    series: STATES.map((state) => ({
      name: labelOf(state),
      colour: COLOURS[state],
      values: drawn.map((row) => row[state]),
    })),
    left: rows.length - drawn.length,
  };
}

/** Figures of a round: selections by state, of each point, course or both. */
import { choice, type Answer, type Request } from "@/kit/contract";
import { tableOf } from "@/kit/figures/figures";

export type Grouping = NonNullable<Request<"courses.GetSelectionStatistics">["group_by"]>;
export type Count = Answer<"courses.GetSelectionStatistics">["items"][number];

const STATES = ["selected", "pending_payment", "withdrawn", "cancelled", "lapsed"] as const;

/** How the column of a state is called. */
export const wordOf = (state: string) => choice("SelectionState", state);

/** What the rows are. */
export const HEADS: Readonly<Record<Grouping, string>> = {
  round: "批次",
  point: "教学点",
  course: "课程",
  point_and_course: "教学点、课程",
};

const keyOf = ({ teaching_point_id, course_id }: Count) => `${teaching_point_id ?? ""} ${course_id ?? ""}`;

/** The figures as a table. */
export const selectionTable = (counts: readonly Count[]) =>
  tableOf(
    counts.flatMap((count) => STATES.map((state) => ({ row: keyOf(count), column: state, count: count[state] }))),
    STATES,
  );

/** How the rows of the table are called. `pointOf` says how a point is. */
export function rowNames(
  counts: readonly Count[],
  pointOf: (id: string) => string | undefined,
): (row: string) => string {
  const nameOf = ({ teaching_point_id, course_name }: Count) =>
    [teaching_point_id && (pointOf(teaching_point_id) ?? "—"), course_name].filter(Boolean).join(" · ") || "全部";
  const names = new Map(counts.map((count) => [keyOf(count), nameOf(count)]));
  return (row) => names.get(row) ?? "—";
}

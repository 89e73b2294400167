import { describe, expect, it } from "vitest";
import { barsOf, headsOf, rowsOf, sumOf, type Count } from "./figures";

const count = (point: string | null, course: string | null, selected: number, pending = 0): Count => ({
  selection_round_id: "r",
  teaching_point_id: point,
  course_id: course,
  course_name: course && `课程${course}`,
  pending_payment: pending,
  selected,
  cancelled: 0,
  lapsed: 1,
  withdrawn: 0,
});
const nameOf = (id: string) => ({ p: "海淀教学点", q: "朝阳教学点" })[id] ?? id;

describe("figures of a round", () => {
  it("are rows that name what is counted, the largest first", () => {
    const rows = rowsOf([count("p", "1", 2), count("q", "1", 5, 3)], "point_and_course", nameOf);
    expect(rows.map(({ titles, total }) => [...titles, total])).toEqual([
      ["朝阳教学点", "课程1", 9],
      ["海淀教学点", "课程1", 3],
    ]);
    expect(headsOf("point_and_course")).toEqual(["教学点", "课程"]);
  });

  it("are of the whole round where nothing else is counted by", () => {
    expect(rowsOf([count(null, null, 7)], "round", nameOf)[0]?.titles).toEqual(["全部"]);
  });

  it("add up", () => {
    const rows = rowsOf([count("p", null, 2), count("q", null, 5, 3)], "point", nameOf);
    expect(sumOf(rows)).toEqual({ selected: 7, pending_payment: 3, withdrawn: 0, cancelled: 0, lapsed: 2, total: 12 });
  });

  it("are drawn as far as bars can be read, which says what is left out", () => {
    const many = Array.from({ length: 23 }, (_, index) => count(null, String(index), index));
    const bars = barsOf(rowsOf(many, "course", nameOf));
    expect(bars.titles).toHaveLength(20);
    expect(bars.left).toBe(3);
    expect(bars.series[0]).toMatchObject({ name: "已选", colour: "#1d6b2f" });
    expect(bars.series[0]?.values[0]).toBe(22);
  });
});

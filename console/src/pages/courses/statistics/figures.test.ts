import { describe, expect, it, vi } from "vitest";
import { rowNames, selectionTable, type Count } from "./figures";

vi.mock("@/kit/contract", () => ({ choice: (_: string, value: string) => value }));

const count = (more: Partial<Count>): Count =>
  ({ pending_payment: 0, selected: 0, withdrawn: 0, cancelled: 0, lapsed: 0, ...more }) as Count;
const pointOf = (id: string) => ({ p1: "3203 徐州" })[id];

describe("figures of selections", () => {
  const counts = [
    count({ teaching_point_id: "p1", course_id: "c1", course_name: "操作系统", selected: 1 }),
    count({ teaching_point_id: "p1", course_id: "c2", course_name: "操作系统", selected: 3, lapsed: 1 }),
    count({ teaching_point_id: "p2", course_id: "c2", course_name: "高等数学", selected: 2 }),
  ];

  it("keep two courses apart that are called the same, and leave out states that none is in", () => {
    const { columns, rows, total } = selectionTable(counts);
    expect(columns).toEqual(["selected", "lapsed"]);
    expect(rows.map(({ counts: each }) => each)).toEqual([
      [3, 1],
      [2, 0],
      [1, 0],
    ]);
    expect(total).toBe(7);
  });

  it("are called by point and course, by what there is of both, or all together", () => {
    const nameOf = rowNames(counts, pointOf);
    const names = selectionTable(counts).rows.map(({ name }) => nameOf(name));
    expect(names).toEqual(["3203 徐州 · 操作系统", "— · 高等数学", "3203 徐州 · 操作系统"]);
    const whole = [count({ selected: 5 })];
    expect(selectionTable(whole).rows.map(({ name }) => rowNames(whole, pointOf)(name))).toEqual(["全部"]);
  });
});

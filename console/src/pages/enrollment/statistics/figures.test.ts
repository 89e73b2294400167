import { describe, expect, it } from "vitest";
import { tableBy, type Count } from "./figures";

const of = (some: Partial<Count>): Count => ({
  teaching_point_id: null,
  level: null,
  major_name: null,
  day: null,
  state: "first_review_passed",
  count: 1,
  ...some,
});
const named = (counts: Count[], by: "point" | "programme" | "day") =>
  tableBy(counts, by).rows.map(({ name, counts: each }) => [name, ...each]);

describe("figures of forms", () => {
  it("are counted by state for each point, the largest first", () => {
    const counts = [
      of({ teaching_point_id: "p", count: 2 }),
      of({ teaching_point_id: "q", count: 5 }),
      of({ teaching_point_id: "q", state: "admitted", count: 3 }),
    ];
    expect(named(counts, "point")).toEqual([
      ["q", 5, 3],
      ["p", 2, 0],
    ]);
  });

  it("are counted for each programme by what it is called", () => {
    expect(named([of({ level: "top_up_bachelor", major_name: "会计学" })], "programme")).toEqual([
      ["专升本 会计学", 1],
    ]);
  });

  it("are counted day by day", () => {
    expect(named([of({ day: "2026-09-02", count: 9 }), of({ day: "2026-09-01" })], "day")).toEqual([
      ["2026-09-01", 1],
      ["2026-09-02", 9],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { tableOf } from "./figures";

const figure = (row: string, column: string, count: number) => ({ row, column, count });

describe("figures as a table", () => {
  it("are added up by row and column, the rows with most first", () => {
    const table = tableOf(
      [figure("南", "active", 1), figure("北", "active", 3), figure("北", "left", 2), figure("南", "active", 1)],
      ["active", "suspended", "left"],
    );
    expect(table.columns).toEqual(["active", "left"]);
    expect(table.rows).toEqual([
      { name: "北", counts: [3, 2], total: 5 },
      { name: "南", counts: [2, 0], total: 2 },
    ]);
    expect([table.totals, table.total]).toEqual([[5, 2], 7]);
  });

  it("of nothing are nothing", () => {
    expect(tableOf([], ["active"])).toEqual({ columns: [], rows: [], totals: [], total: 0 });
  });
});

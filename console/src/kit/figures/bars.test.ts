import { describe, expect, it } from "vitest";
import { optionsOf } from "./bars";

const bars = (isStanding: boolean) => ({
  titles: ["一".repeat(40)],
  series: [
    { name: "到账", colour: "#111", values: [1] },
    { name: "退费", colour: "#222", values: [2] },
  ],
  isStanding,
});

describe("bars", () => {
  it("stand beside each other above their titles", () => {
    const { xAxis, series } = optionsOf(bars(true));
    expect(xAxis).toMatchObject({ type: "category" });
    expect(series.map((each) => "stack" in each)).toEqual([false, false]);
  });

  it("lie in one row, beside a title that is cut where it is too long", () => {
    const { yAxis, series } = optionsOf(bars(false));
    expect(yAxis).toMatchObject({ type: "category", inverse: true });
    expect(series).toMatchObject([
      { stack: "all", name: "到账", itemStyle: { color: "#111" }, data: [1] },
      { stack: "all", name: "退费", itemStyle: { color: "#222" }, data: [2] },
    ]);
    const cut = (yAxis as { axisLabel: { formatter: (title: string) => string } }).axisLabel.formatter("一".repeat(40));
    expect([...cut]).toHaveLength(30);
  });

  it("tell their figures as they are to be read", () => {
    const shown = (value: number) => `${value} 元`;
    expect(optionsOf({ ...bars(true), shown }).tooltip.valueFormatter(7)).toBe("7 元");
  });
});

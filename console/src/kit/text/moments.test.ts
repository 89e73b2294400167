import { describe, expect, it } from "vitest";
import { dayOf, instantOf, minuteOf, shownInstant, today } from "./moments";

describe("days", () => {
  it("are read however people write them", () => {
    for (const text of [
      "2026-09-01",
      "2026-9-1",
      "2026/9/1",
      "2026.09.01",
      "20260901",
      "2026年9月1日",
      "２０２６－９－１",
    ])
      expect(dayOf(text)).toBe("2026-09-01");
  });

  it("that no calendar has are none", () => {
    for (const text of ["2026-02-29", "2026-13-01", "2026-00-10", "1", "明天"]) expect(dayOf(text)).toBeNull();
    expect(dayOf("2024-2-29")).toBe("2024-02-29");
  });

  it("of China's summer time stay the same days", () => {
    expect(dayOf("1986-4-13")).toBe("1986-04-13");
    expect(dayOf("19910915")).toBe("1991-09-15");
  });
});

describe("instants", () => {
  it("are shown in China's time", () => {
    expect(shownInstant("2026-08-31T16:30:00Z")).toBe("2026-09-01 00:30");
  });

  it("are entered in China's time", () => {
    expect(minuteOf("2026/9/1 8:05")).toBe("2026-09-01 08:05");
    expect(minuteOf("2026年9月1日 8时5分")).toBe("2026-09-01 08:05");
    expect(minuteOf("2026-09-01T08:05")).toBe("2026-09-01 08:05");
    expect(minuteOf("2026-9-1")).toBe("2026-09-01 00:00");
    expect(minuteOf("2026-9-1 25:00")).toBeNull();
    expect(instantOf("2026-09-01 08:05")).toBe("2026-09-01T08:05:00+08:00");
  });

  it("say which day it is in China", () => {
    expect(today(new Date("2026-08-31T16:00:00Z"))).toBe("2026-09-01");
  });
});

import { expect, it } from "vitest";
import { timeLeft } from "./days";

it("tells the days that are left, the hours of the last day, and that it is over", () => {
  const now = Date.parse("2026-10-01T08:00:00+08:00");
  expect(timeLeft("2026-10-04T08:00:00+08:00", now)).toBe("还有 3 天");
  expect(timeLeft("2026-10-03T20:00:00+08:00", now)).toBe("还有 3 天");
  expect(timeLeft("2026-10-01T12:30:00+08:00", now)).toBe("还有 5 小时");
  expect(timeLeft("2026-10-01T08:00:00+08:00", now)).toBe("已截止");
});

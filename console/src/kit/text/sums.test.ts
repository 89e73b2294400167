import { expect, it } from "vitest";
import { sumOf } from "./sums";

it("yuan are added without losing a cent", () => {
  expect(sumOf(Array.from({ length: 10 }, () => "0.10"))).toBe("1.00");
  expect(sumOf([])).toBe("0.00");
});

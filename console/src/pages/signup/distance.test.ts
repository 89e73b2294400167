import { expect, it } from "vitest";
import { shownDistance } from "./distance";

it.each([
  [0, "0 米"],
  [850, "850 米"],
  [1000, "1.0 公里"],
  [1850, "1.9 公里"],
  [27_640, "28 公里"],
  [276_000, "276 公里"],
])("says %d metres as %s", (metres, said) => {
  expect(shownDistance(metres)).toBe(said);
});

import { expect, it } from "vitest";
import { barsOf } from "./payments";

it("payments are a picture of two bars a day, in yuan, also on days without any", () => {
  const payments = {
    since: "2026-08-30",
    until: "2026-09-02",
    items: [
      { day: "2026-08-31", received: "1234.50", refunded: "0.00" },
      { day: "2026-09-02", received: "0.00", refunded: "60.00" },
    ],
  };
  const { titles, series, shown } = barsOf(payments, (name) => ({ received: "到账", refunded: "退费" })[name]);
  expect(titles).toEqual(["08-30", "08-31", "09-01", "09-02"]);
  expect(series.map(({ name, values }) => [name, ...values])).toEqual([
    ["到账", 0, 1234.5, 0, 0],
    ["退费", 0, 0, 0, 60],
  ]);
  expect(shown?.(1234.5)).toBe("1,234.50 元");
});

import { describe, expect, it } from "vitest";
import type { RouteLocationNormalized } from "vue-router";
import { wanted } from "./router";

const from = (next?: string) => ({ query: next === undefined ? {} : { next } }) as unknown as RouteLocationNormalized;

describe("where somebody is led after signing in", () => {
  it("is where they wanted to go", () => expect(wanted(from("/bills?status=unpaid"))).toBe("/bills?status=unpaid"));

  it.each([undefined, "https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "bills"])(
    "is never another site: %s",
    (next) => expect(wanted(from(next))).toBe("/"),
  );
});

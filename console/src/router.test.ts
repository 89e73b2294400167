import { describe, expect, it } from "vitest";
import type { RouteLocationNormalized } from "vue-router";
import { ofPerson, wanted } from "./router";

const from = (next?: string) => ({ query: next === undefined ? {} : { next } }) as unknown as RouteLocationNormalized;

describe("where somebody is led after signing in", () => {
  it("is where they wanted to go", () => expect(wanted(from("/bills?status=unpaid"))).toBe("/bills?status=unpaid"));

  it.each([
    ...[undefined, "https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "https:elsewhere"],
    ...["bills", "/\t/elsewhere.example", "/\n/elsewhere.example", "/bills\r\nLocation: x", "/a\\b"],
  ])("is never another site: %j", (next) => expect(wanted(from(next))).toBe("/"));
});

describe("students and staff", () => {
  const to = (name: string, path: string) => ({ name, path, params: { bill_id: "1" } });
  const hasRoute = (name: string) => name === "my finance.GetBill";

  it("are each shown their own pages, and those of their account", () => {
    expect(ofPerson(to("my finance.GetBill", "/my/bills/1"), true, hasRoute)).toBe(true);
    expect(ofPerson(to("identity.GetAccount", "/account/profile"), true, hasRoute)).toBe(true);
    expect(ofPerson(to("finance.GetBill", "/finance/bills/1"), false, hasRoute)).toBe(true);
  });

  it("are led from the other's page to their own of the same, or to where they begin", () => {
    expect(ofPerson(to("finance.GetBill", "/finance/bills/1"), true, hasRoute)).toEqual({
      name: "my finance.GetBill",
      params: { bill_id: "1" },
    });
    expect(ofPerson(to("registry.ListStudents", "/registry/students"), true, hasRoute)).toBe("/my");
    expect(ofPerson(to("my finance.GetBill", "/my/bills/1"), false, hasRoute)).toBe("/");
  });
});

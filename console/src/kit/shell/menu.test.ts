import { describe, expect, it } from "vitest";
import type { Operation } from "@/kit/contract";
import { page, type PageEntry } from "@/kit/pages";
import { itemAt, menuOf } from "./menu";

const load = () => Promise.reject(new Error("not loaded"));
const entries = [
  page("/finance/bills", "finance.ListBills", load),
  page("/finance/bills/:bill_id", "finance.GetBill", load),
  page("/system/users", "identity.ListUsers", load),
].map(({ meta }) => meta?.page) as PageEntry[];
const look = (name: string) =>
  ({ label: `${name}列表`, permission: name.split(".")[0], service: name.split(".")[0] }) as unknown as Operation;

describe("the menu", () => {
  it("has what the person may open, in the order of the work, and no pages about one row", () => {
    expect(menuOf(entries, look, () => true)).toEqual([
      {
        key: "system",
        title: "系统管理",
        items: [
          { name: "identity.ListUsers", path: "/system/users", title: "identity.ListUsers", services: ["identity"] },
        ],
      },
      {
        key: "finance",
        title: "财务",
        items: [
          { name: "finance.ListBills", path: "/finance/bills", title: "finance.ListBills", services: ["finance"] },
        ],
      },
    ]);
  });

  it("has no group without a page", () => {
    expect(menuOf(entries, look, (permission) => permission === "finance").map(({ key }) => key)).toEqual(["finance"]);
  });
});

describe("where somebody is in the menu", () => {
  const below = page("/finance/bills/check", "finance.CheckLedger", load).meta?.page as PageEntry;
  const groups = menuOf([...entries, below], look, () => true);
  const at = (path: string) => itemAt(groups, path)?.name;

  it("is the page itself, or the list whose row it is", () => {
    expect(at("/finance/bills")).toBe("finance.ListBills");
    expect(at("/finance/bills/0199c3a0")).toBe("finance.ListBills");
    expect(at("/finance/billsandmore")).toBeUndefined();
    expect(at("/")).toBeUndefined();
  });

  it("is one page, also where that is below another", () => {
    expect(at("/finance/bills/check")).toBe("finance.CheckLedger");
  });
});

/**
 * Where pages are. A page of an operation is called as the operation (`finance.ListBills`), so whoever has the name has
 * the address; its permission and its title are the operation's. The code of each is loaded when it is opened.
 *
 *     export const routes = [
 *       page("/finance/bills", "finance.ListBills", () => import("./bills")),
 *       page("/finance/bills/:bill_id", "finance.GetBill", () => import("./bill")),
 *     ];
 */
import type { Component } from "vue";
import type { RouteRecordNormalized, RouteRecordRaw } from "vue-router";
import type { Name } from "./contract";
import type { Service } from "./services";

declare module "vue-router" {
  interface RouteMeta {
    page?: PageEntry;
  }
}

export const GROUPS = {
  system: "系统管理",
  enrollment: "招生",
  courses: "教务",
  exams: "考务",
  registry: "学籍",
  finance: "财务",
} as const;

export type Group = keyof typeof GROUPS;

export interface PageEntry {
  name: string;
  path: string;
  /** The operation whose permission opens it. */
  operation: Name;
  /** What it is called, where that is not the operation's name. */
  title?: string;
  /** Whether it stands in the menu: pages about one row do not. */
  inMenu: boolean;
  /**
   * Whose answers it shows, each in a part of its own that says so where it is away; without the one of its operation
   * there is no page.
   */
  services?: readonly Service[];
  /** The order in which pages were declared, which is the menu's. */
  place: number;
}

type Load = () => Promise<{ default: Component }>;

let declared = 0;

/** A page. One whose address has a parameter is about one row, and stays out of the menu. */
export function page(path: string, operation: Name, load: Load, other: Partial<PageEntry> = {}): RouteRecordRaw {
  const entry: PageEntry = {
    name: operation,
    path,
    operation,
    inMenu: !path.includes(":"),
    place: declared++,
    ...other,
  };
  return { path, name: entry.name, component: load, meta: { page: entry } };
}

/** The pages of the router, in the order in which they were declared: the router has its own. */
export const entriesOf = (routes: readonly RouteRecordNormalized[]): PageEntry[] =>
  routes.flatMap(({ meta }) => (meta.page ? [meta.page] : [])).sort((one, other) => one.place - other.place);

/** The group that an address belongs to: its first part. */
export const groupOf = (path: string): Group | undefined => {
  const first = path.split("/")[1] ?? "";
  return first in GROUPS ? (first as Group) : undefined;
};

/** What a page is called in menus: `缴费单列表` is 缴费单 there. */
export const shortTitle = (label: string) => label.replace(/(列表|详情)$/, "");

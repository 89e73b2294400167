/** Where the console shows what the API lists: `/api/v1/bills?status=unpaid` is the page of bills with that filter. */
import table from "generated/operations.json";
import type { LocationQueryRaw } from "vue-router";
import type { Name, Operation } from "./contract";

const operations = Object.entries(table as unknown as Record<Name, Operation>);

/** The page of an address of the API that lists something; undefined where no list has it. */
export function placeOf(href: string): { name: Name; query: LocationQueryRaw } | undefined {
  const [path, search = ""] = href.split("?");
  const found = operations.find(([, each]) => each.method === "GET" && each.path === path && each.page !== null);
  if (!found) return undefined;
  const query: LocationQueryRaw = Object.fromEntries(new URLSearchParams(search));
  return { name: found[0] as Name, query };
}

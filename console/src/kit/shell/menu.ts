/** The menu of a person: the pages that they may open, grouped as their work is. */
import type { Operation } from "@/kit/contract";
import { GROUPS, groupOf, shortTitle, type Group, type PageEntry } from "@/kit/pages";

export interface MenuItem {
  name: PageEntry["operation"];
  path: string;
  title: string;
  /** Whose answers the page shows: it is there as long as one of them is. */
  services: readonly string[];
}

export interface MenuGroup {
  key: Group;
  title: string;
  items: MenuItem[];
}

type Lookup = (name: PageEntry["operation"]) => Operation;
type May = (permission: string) => boolean;

/** What a page is called. */
export const titleOf = (entry: PageEntry, look: Lookup) => entry.title ?? shortTitle(look(entry.operation).label);

/** The groups that have anything for who may do what `may` says. */
export function menuOf(entries: readonly PageEntry[], look: Lookup, may: May): MenuGroup[] {
  const open = entries.filter((entry) => entry.inMenu && may(look(entry.operation).permission));
  return (Object.keys(GROUPS) as Group[])
    .map((key) => ({
      key,
      title: GROUPS[key],
      items: open
        .filter(({ path }) => groupOf(path) === key)
        .map((entry) => ({
          name: entry.operation,
          path: entry.path,
          title: titleOf(entry, look),
          services: entry.services ?? [look(entry.operation).service],
        })),
    }))
    .filter(({ items }) => items.length > 0);
}

/** The item that an address belongs to: of those whose addresses it begins with, the one with the longest. */
export function itemAt(groups: readonly MenuGroup[], path: string): MenuItem | undefined {
  const holding = groups.flatMap(({ items }) => items).filter((item) => `${path}/`.startsWith(`${item.path}/`));
  return holding.sort((one, other) => other.path.length - one.path.length)[0];
}

/** What tabs are called, and who is shown which. */
import { computed } from "vue";
import { fieldOf, operation, type AnyRow, type Name, type Operation } from "@/kit/contract";
import { useMayUse } from "@/kit/me";
import { shortTitle } from "@/kit/pages";
import type { AnyDetail, Tab } from "./declare";

type AnyTab = Tab<AnyRow, string>;
export const trailOf = (service: string) => `${service}.ListAuditEntries` as Name & `${string}.ListAuditEntries`;

/** A tab's own title, else what the contract calls what is in it. */
export function titleOf(tab: AnyTab, asked: Operation): string {
  if (tab.title) return tab.title;
  if ("facts" in tab) return "基本信息";
  if ("timeline" in tab) return fieldOf(asked.answer, tab.timeline)?.label ?? "";
  if ("attachments" in tab) return fieldOf(asked.answer, "attachments")?.label ?? "";
  if ("related" in tab) return shortTitle(operation(tab.related.name).label);
  return "trail" in tab ? (operation(trailOf(tab.trail)).label.split("：")[0] ?? "") : "依据";
}

/** The operation whose permission a tab wants, beside the page's. */
function wantedBy(tab: AnyTab): Name | undefined {
  if ("related" in tab) return tab.related.name;
  if ("trail" in tab) return trailOf(tab.trail);
  return "attachments" in tab ? tab.attachments : undefined;
}

/** The tabs of a page that the person may see. */
export function useShownTabs(detail: AnyDetail) {
  const mayUse = useMayUse();
  return computed(() =>
    detail.tabs
      .map((tab, index) => ({ tab, key: String(index), wanted: wantedBy(tab) }))
      .filter(({ wanted }) => wanted === undefined || mayUse(wanted)),
  );
}

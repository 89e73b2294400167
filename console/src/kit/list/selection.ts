/** Rows that are chosen for an action: over pages, and all that were found. */
import type { AnyRequest, AnyRow, ListName } from "@/kit/contract";
import { callAny } from "@/kit/untyped";

export type Chosen = ReadonlyMap<string, AnyRow>;
export type PageState = "none" | "some" | "all";

export const none: Chosen = new Map();

/** With a row chosen that was not, or the other way round. */
export function toggled(chosen: Chosen, id: string, row: AnyRow): Chosen {
  const next = new Map(chosen);
  if (!next.delete(id)) next.set(id, row);
  return next;
}

/** With all rows of a page chosen, or none of them; rows of other pages stay as they are. */
export function withPage(chosen: Chosen, page: ReadonlyMap<string, AnyRow>, on: boolean): Chosen {
  const next = new Map(chosen);
  for (const [id, row] of page) {
    if (on) next.set(id, row);
    else next.delete(id);
  }
  return next;
}

/** How much of a page is chosen. */
export function pageState(chosen: Chosen, page: ReadonlyMap<string, AnyRow>): PageState {
  const count = [...page.keys()].filter((id) => chosen.has(id)).length;
  return count === 0 ? "none" : count === page.size ? "all" : "some";
}

const PAGE = 200;

/**
 * All rows that a list finds, page by page behind the last row seen, so that a row which comes meanwhile shifts none;
 * at most `most` of them.
 */
export async function allFound(
  list: ListName,
  asked: AnyRequest,
  idOf: (row: AnyRow) => string,
  most: number,
  tell: (count: number) => void,
  signal: AbortSignal,
): Promise<Chosen> {
  const found = new Map<string, AnyRow>();
  let after: string | null = null;
  do {
    const request: AnyRequest = { ...asked, page: undefined, size: PAGE, after: after ?? undefined };
    const answer = (await callAny(list, request, { signal })) as Found;
    for (const row of answer.items) if (found.size < most) found.set(idOf(row), row);
    tell(found.size);
    after = answer.next_after ?? null;
  } while (after && found.size < most);
  return found;
}

interface Found {
  items: AnyRow[];
  next_after?: string | null;
}

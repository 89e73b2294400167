/** Rows that a reference may name, as options: looked for by a text, or found by the id that a field has already. */
import { callAny } from "@/kit/untyped";
import { operation, type AnyRow } from "@/kit/contract";
import { referenceOf, type Reference } from "@/kit/references";

export interface Option {
  id: string;
  title: string;
}

const MOST = 20;
const NUMBER_FILTERS: Record<string, string> = { name: "student_number" };

const optionOf = (reference: Reference, row: AnyRow): Option => ({ id: String(row.id), title: reference.called(row) });

/** The filter for a text: a list that has one for names alone has another for numbers. */
function filterFor(reference: Reference, text: string): Record<string, string> {
  if (!reference.search || text === "") return {};
  const byNumber = NUMBER_FILTERS[reference.search];
  return { [byNumber && /\d/.test(text) ? byNumber : reference.search]: text };
}

/** The first rows that a text finds. Raises a Problem. */
export async function optionsFor(thing: string, text: string, signal?: AbortSignal): Promise<Option[]> {
  const reference = referenceOf(thing);
  if (!reference?.list) return [];
  const asked = { ...filterFor(reference, text.trim()), size: MOST };
  const page = (await callAny(reference.list, asked, { signal })) as { items: AnyRow[] };
  const found = page.items.map((row) => optionOf(reference, row));
  // A list that can't look for texts is short: what has the text is shown.
  return reference.search ? found : found.filter(({ title }) => title.includes(text.trim()));
}

/** What an id is called; the id itself where that can't be found out. */
export async function optionOfId(thing: string, id: string): Promise<Option> {
  const reference = referenceOf(thing);
  if (!reference?.one) return { id, title: id };
  const [param = ""] = operation(reference.one).path_params;
  try {
    return { id, title: reference.called((await callAny(reference.one, { [param]: id })) as AnyRow) };
  } catch {
    return { id, title: id };
  }
}

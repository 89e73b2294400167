/**
 * What ids are called whose rows have no name beside them: teaching points, rounds. Their lists are short and are read
 * once, so that a page of two hundred rows asks once.
 */
import { reactive } from "vue";
import { useSession } from "@/api/session";
import { operation, type AnyRow, type ListName } from "./contract";
import { allFound } from "./list/selection";
import { referenceOf, type Reference } from "./references";

const SHORT = new Set<string | undefined>([
  "identity.ListTeachingPoints",
  "courses.ListSelectionRounds",
  "courses.ListTerms",
  "exams.ListExamRounds",
] satisfies ListName[]);
const MOST = 2000;
const names = reactive(new Map<string, string>());
const asked = new Set<ListName>();

async function read(list: ListName, { called }: Reference) {
  asked.add(list);
  try {
    const rows = await allFound(list, {}, ({ id }: AnyRow) => String(id), MOST, () => undefined, new AbortController().signal);
    for (const [id, row] of rows) names.set(id, called(row));
  } catch {
    asked.delete(list); // without names there are links; the next page tries again
  }
}

/** What an id is called; undefined where nobody can tell, or not yet. */
export function nameOf(reference: string | undefined, id: unknown): string | undefined {
  const found = referenceOf(reference);
  if (!found?.list || !SHORT.has(found.list) || !id) return undefined;
  const mayRead = useSession().may(operation(found.list).permission);
  if (mayRead && !asked.has(found.list)) void read(found.list, found);
  return names.get(String(id));
}

/**
 * What ids are called where a row has the id alone. Of things of which a school has few all are read once; of others the
 * one.
 */
import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import type { AnyRow, ListName, Row } from "./contract";
import { optionOfId } from "./fields/options";
import { allFound } from "./list/selection";
import { useMayUse } from "./me";
import { referenceOf } from "./references";

const FEW = [
  "identity.ListTeachingPoints",
  "enrollment.ListAdmissionRounds",
  "courses.ListSelectionRounds",
  "courses.ListProgrammes",
  "exams.ListExamRounds",
] as const satisfies readonly ListName[];
type Few = (typeof FEW)[number];

const MOST = 2000; // rows of a thing of which there are few
const FRESH = 5 * 60 * 1000; // milliseconds

const idOf = (row: AnyRow) => String(row.id);
const isFew = (list: ListName | undefined): list is Few => FEW.some((each) => each === list);

/** All rows of a list of which a school has few, by their ids; undefined while they are not known. */
export function useAll<N extends Few>(name: N) {
  const mayUse = useMayUse();
  const { data, error, refetch } = useQuery({
    queryKey: ["all", name],
    queryFn: ({ signal }) => allFound(name, {}, idOf, MOST, () => undefined, signal),
    enabled: mayUse(name),
    staleTime: FRESH,
  });
  const rows = computed(() => data.value as ReadonlyMap<string, Row<N>> | undefined);
  return { rows, error, again: () => void refetch() };
}

/** What ids of a thing are called of which there are few; undefined where nobody knows, or may be told. */
export function useNames(thing: string): (id: unknown) => string | undefined {
  const reference = referenceOf(thing);
  if (!isFew(reference?.list)) throw new Error(`there are too many of ${thing} to read them all`);
  const { rows } = useAll(reference.list);
  return (id) => {
    const row = rows.value?.get(String(id));
    return row && reference.called(row as AnyRow);
  };
}

/** What one id of anything is called; undefined where nobody knows, or may be told. */
export function useName(thing: string, id: () => string): Readonly<Ref<string | undefined>> {
  const reference = referenceOf(thing);
  if (isFew(reference?.list)) {
    const nameOf = useNames(thing);
    return computed(() => nameOf(id()));
  }
  const mayUse = useMayUse();
  const { data } = useQuery({
    queryKey: computed(() => ["name", thing, id()]),
    queryFn: () => optionOfId(thing, id()),
    enabled: reference?.one !== undefined && mayUse(reference.one),
    staleTime: FRESH,
  });
  // An id itself tells people nothing.
  return computed(() => (data.value?.title === id() ? undefined : data.value?.title));
}

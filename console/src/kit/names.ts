/** What ids are called where a row has the id alone: of things of which a school has few, read once for all rows. */
import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import type { ListName } from "./contract";
import { allFound } from "./list/selection";
import { useMe } from "./me";
import { referenceOf } from "./references";

const FEW = new Set<ListName>([
  "identity.ListTeachingPoints",
  "enrollment.ListAdmissionRounds",
  "courses.ListSelectionRounds",
  "courses.ListProgrammes",
  "exams.ListExamRounds",
]);
const MOST = 2000; // rows that are read for their names
const FRESH = 5 * 60 * 1000; // milliseconds

const idOf = (row: Readonly<Record<string, unknown>>) => String(row.id);

/** Finds out what an id of a reference is called; undefined while nobody knows, and for whom nothing may be told. */
export function useNames(reference: () => string | undefined): (id: unknown) => string | undefined {
  const { mayUse } = useMe();
  const found = computed(() => referenceOf(reference()));
  const list = computed(() => (found.value?.list && FEW.has(found.value.list) ? found.value.list : undefined));
  const { data } = useQuery({
    queryKey: computed(() => ["names", list.value]),
    queryFn: ({ signal }) => allFound(list.value!, {}, idOf, MOST, () => undefined, signal),
    enabled: computed(() => list.value !== undefined && mayUse(list.value)),
    staleTime: FRESH,
  });
  return (id) => {
    const row = data.value?.get(String(id));
    return row && found.value ? found.value.called(row) : undefined;
  };
}

/** What one id is called. */
export function useName(reference: () => string | undefined, id: () => unknown): Readonly<Ref<string | undefined>> {
  const nameOf = useNames(reference);
  return computed(() => nameOf(id()));
}

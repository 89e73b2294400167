/** The rounds that are open now, whatever they are for. */
import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import type { Row } from "./contract";
import { useMe } from "./me";
import { callAny } from "./untyped";

type Rounds = "enrollment.ListAdmissionRounds" | "courses.ListSelectionRounds" | "exams.ListExamRounds";

const OPEN = { status: "published", open_now: true } as const;

/** The open rounds of a list, for who may see them, as soon as they are known. */
export function useOpenRounds<N extends Rounds>(name: N) {
  const may = useMe().mayUse(name);
  const { data, error, refetch } = useQuery({
    queryKey: [name, OPEN],
    queryFn: async ({ signal }) => ((await callAny(name, OPEN, { signal })) as { items: Row<N>[] }).items,
    enabled: may,
  });
  const rounds = computed<readonly Row<N>[]>(() => data.value ?? []);
  const isKnown = computed(() => !may || data.value !== undefined);
  return { may, rounds, isKnown, error, again: () => void refetch() };
}

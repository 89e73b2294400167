/** The rounds that are open now, with what ends when. */
import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { call } from "@/kit/contract";
import { useMe } from "@/kit/me";

const OPEN = { status: "published", open_now: true } as const;

/** The selection rounds that are open, as soon as that is known; the first is the one that closes first. */
export function useSelectionRounds() {
  const may = useMe().mayUse("courses.ListSelectionRounds");
  const { data, error, refetch } = useQuery({
    queryKey: ["courses.ListSelectionRounds", OPEN],
    queryFn: ({ signal }) => call("courses.ListSelectionRounds", OPEN, { signal }),
    enabled: may,
  });
  const rounds = computed(() =>
    [...(data.value?.items ?? [])].sort((one, other) => one.closes_at.localeCompare(other.closes_at)),
  );
  return { may, rounds, isKnown: computed(() => !may || data.value !== undefined), error, again: () => void refetch() };
}

/** The exam rounds whose registration is open, as soon as that is known. */
export function useExamRounds() {
  const may = useMe().mayUse("exams.ListExamRounds");
  const { data, error, refetch } = useQuery({
    queryKey: ["exams.ListExamRounds", OPEN],
    queryFn: ({ signal }) => call("exams.ListExamRounds", OPEN, { signal }),
    enabled: may,
  });
  const rounds = computed(() => [...(data.value?.items ?? [])]);
  return { may, rounds, isKnown: computed(() => !may || data.value !== undefined), error, again: () => void refetch() };
}

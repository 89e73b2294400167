/** Rounds in which courses can be selected now, and which of them is chosen: the only one, or the first. */
import { useQuery } from "@tanstack/vue-query";
import { computed, ref } from "vue";
import { call } from "@/kit/contract";

export function useOpenRounds() {
  const picked = ref("");
  const { data, error, isLoading, refetch } = useQuery({
    queryKey: ["courses.ListSelectionRounds", "open"],
    queryFn: ({ signal }) => call("courses.ListSelectionRounds", { status: "published", open_now: true }, { signal }),
  });
  const rounds = computed(() => data.value?.items ?? []);
  const round = computed({
    get: () => rounds.value.find(({ id }) => id === picked.value) ?? rounds.value[0],
    set: (now) => (picked.value = now?.id ?? ""),
  });
  return { rounds, round, error, isLoading, again: refetch };
}

/** The rows of a list's page, as the server has them now. */
import { keepPreviousData, useQuery } from "@tanstack/vue-query";
import { computed, ref, type Ref } from "vue";
import type { AnyRequest, AnyRow } from "@/kit/contract";
import { callAny } from "@/kit/untyped";
import { whileWaiting } from "@/kit/waiting";
import type { AnyList } from "./declare";

export interface AnyPage {
  items: AnyRow[];
  page: number;
  size: number;
  total: number;
  about?: boolean;
  next_after?: string | null;
}

/** Nothing is asked while `isAsked` says so: a list may want filters that nobody has chosen yet. */
export function useRows(list: AnyList, asked: Readonly<Ref<AnyRequest>>, isAsked: Readonly<Ref<boolean>> = ref(true)) {
  const isWaiting = ({ items }: AnyPage) => list.waits !== undefined && items.some(list.waits);
  const { data, error, isLoading, isFetching, isPlaceholderData, refetch } = useQuery({
    queryKey: computed(() => [list.name, asked.value]),
    queryFn: ({ signal }) => callAny(list.name, asked.value, { signal }) as Promise<AnyPage>,
    placeholderData: keepPreviousData,
    enabled: isAsked,
    refetchInterval: whileWaiting(isWaiting),
  });
  // What was there before is no answer to what failed now.
  const page = computed(() => (error.value && isPlaceholderData.value ? undefined : data.value));
  const rows = computed(() => page.value?.items ?? []);
  // What is only looked at once more stays as it is until something has changed.
  const isLookedAt = computed(() => !isPlaceholderData.value && !!data.value && isWaiting(data.value));
  const isBusy = computed(() => isFetching.value && !isLookedAt.value);
  return { page, rows, error, isLoading, isBusy, again: () => void refetch() };
}

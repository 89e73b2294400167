/** What waits for the person, as the services count it, each with the page that lists it. */
import { useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, onMounted, onUnmounted } from "vue";
import { useRouter, type RouteLocationRaw } from "vue-router";
import { onHint } from "@/api/live";
import { call, type Answer } from "@/kit/contract";
import { placeOf } from "@/kit/todo";

type Waiting = Answer<"gateway.ListToDo">["items"][number];

const KEY = ["gateway.ListToDo"];

export function useToDo() {
  const router = useRouter();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => call("gateway.ListToDo", {}, { signal }),
  });
  const items = computed(() =>
    (data.value?.items ?? []).map((item: Waiting) => ({
      ...item,
      to: pageOf(item.href),
    })),
  );
  /** Where it is listed; nowhere while there is no such page. */
  function pageOf(href: string): RouteLocationRaw | undefined {
    const place = placeOf(href);
    return place && router.hasRoute(place.name) ? place : undefined;
  }
  let stop: (() => void) | undefined;
  onMounted(() => (stop = onHint("to_do", () => void client.invalidateQueries({ queryKey: KEY }))));
  onUnmounted(() => stop?.());
  return { data, items, error, refetch };
}

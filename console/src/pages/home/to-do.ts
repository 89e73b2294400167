/** What waits for the person, as the services count it, each with the page that lists it. */
import { useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, onMounted, onUnmounted } from "vue";
import { useRouter, type RouteLocationRaw } from "vue-router";
import { onHint } from "@/api/live";
import { call, listAt, type Answer } from "@/kit/contract";

type Waiting = Answer<"gateway.ListToDo">["items"][number];

const KEY = ["gateway.ListToDo"];

/** The page of the list at an address of the API, filtered as the address says; undefined where there is none. */
export function pageOf(href: string, hasRoute: (name: string) => boolean): RouteLocationRaw | undefined {
  const [path = "", query = ""] = href.split("?");
  const name = listAt(path);
  return name && hasRoute(name) ? { name, query: Object.fromEntries(new URLSearchParams(query)) } : undefined;
}

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
      to: pageOf(item.href, (name) => router.hasRoute(name)),
    })),
  );
  let stop: (() => void) | undefined;
  onMounted(() => (stop = onHint("to_do", () => void client.invalidateQueries({ queryKey: KEY }))));
  onUnmounted(() => stop?.());
  return { data, items, error, refetch };
}

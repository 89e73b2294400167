/** All teaching points, of which a programme is offered at some. */
import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import type { Row } from "@/kit/contract";
import { allFound } from "@/kit/list/selection";
import { useMe } from "@/kit/me";

export type Point = Row<"identity.ListTeachingPoints">;

const MOST = 2000; // points of a school, as the contract says

export function usePoints() {
  const { mayUse } = useMe();
  const { data, error, refetch } = useQuery({
    queryKey: ["identity.ListTeachingPoints", "all"],
    queryFn: ({ signal }) =>
      allFound(
        "identity.ListTeachingPoints",
        {},
        ({ id }) => String(id),
        MOST,
        () => undefined,
        signal,
      ),
    enabled: mayUse("identity.ListTeachingPoints"),
  });
  const points = computed(() => (data.value ? ([...data.value.values()] as unknown as Point[]) : undefined));
  return { points, error, again: refetch };
}

/** All teaching points: a programme is offered at some, figures are counted by each. */
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
  const names = computed(() => new Map(points.value?.map(({ id, code, name }) => [id, `${code} ${name}`])));
  const nameOf = (id: string) => names.value.get(id) ?? "—";
  return { points, nameOf, error, again: refetch };
}

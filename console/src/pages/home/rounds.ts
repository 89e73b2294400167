/** The rounds that are open now, with what ends when. */
import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { call } from "@/kit/contract";
import { useMe } from "@/kit/me";

const OPEN = { status: "published", open_now: true } as const;

/** The selection rounds that are open; the first is the one that closes first. */
export function useSelectionRounds() {
  const { mayUse } = useMe();
  const { data } = useQuery({
    queryKey: ["courses.ListSelectionRounds", OPEN],
    queryFn: ({ signal }) => call("courses.ListSelectionRounds", OPEN, { signal }),
    enabled: mayUse("courses.ListSelectionRounds"),
  });
  return computed(() =>
    [...(data.value?.items ?? [])].sort((one, other) => one.closes_at.localeCompare(other.closes_at)),
  );
}

/** The exam rounds whose registration is open. */
export function useExamRounds() {
  const { mayUse } = useMe();
  const { data } = useQuery({
    queryKey: ["exams.ListExamRounds", OPEN],
    queryFn: ({ signal }) => call("exams.ListExamRounds", OPEN, { signal }),
    enabled: mayUse("exams.ListExamRounds"),
  });
  return computed(() => [...(data.value?.items ?? [])]);
}

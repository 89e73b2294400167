/** What is the student's own of the lists of the school. */
import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { call, type ListName, type Request, type Row } from "@/kit/contract";
import { useMe } from "@/kit/me";

/** The lists that a student has rows of. */
export const MINE = [
  "courses.ListSelections",
  "courses.ListWithdrawals",
  "finance.ListBills",
  "exams.ListRegistrations",
  "registry.ListStatusChanges",
  "registry.ListIssuedDocuments",
] as const satisfies readonly ListName[];
type Listed = (typeof MINE)[number];

const MOST = 200; // rows: more than a student has of anything

/** The id of the student who is signed in. */
export function useMyId(): string {
  return useMe().account.value?.student_id ?? "";
}

/** All of the student's rows of a list, in its order. */
export function useMine<N extends Listed>(name: N) {
  const student_id = useMyId();
  const { data, error, refetch } = useQuery({
    queryKey: [name, student_id],
    queryFn: async ({ signal }) => {
      const asked = { student_id, size: MOST } as unknown as Request<N>;
      return (await call(name, asked, { signal })) as unknown as { items: Row<N>[] };
    },
  });
  return { items: computed(() => data.value?.items), error, again: () => void refetch() };
}

/** Who of the candidates of one course in one session was absent. All others sat. */
import { computed, ref, shallowRef } from "vue";
import type { Row } from "@/kit/contract";
import { allFound } from "@/kit/list/selection";
import { pastedColumn } from "@/kit/text/clean";

export type Candidate = Row<"exams.ListRegistrations">;

const MOST = 5000; // as many as one command takes

/** The candidates of a list of numbers, and the numbers that are none's. */
export function byNumbers(candidates: readonly Candidate[], pasted: string) {
  const known = new Map(candidates.map((each) => [each.student_number?.toUpperCase(), each.id]));
  const numbers = [...new Set(pastedColumn(pasted).map((number) => number.toUpperCase()))];
  return {
    ids: numbers.flatMap((number) => known.get(number) ?? []),
    unknown: numbers.filter((number) => !known.has(number)),
  };
}

/** Candidates whose number begins with a text, or whose name has it. */
export function looked(candidates: readonly Candidate[], text: string): readonly Candidate[] {
  const wanted = text.trim().toUpperCase();
  if (wanted === "") return candidates;
  return candidates.filter(
    ({ student_number, student_name }) =>
      student_number?.toUpperCase().startsWith(wanted) || student_name?.toUpperCase().includes(wanted),
  );
}

export function useCandidates(session_id: string, course_id: string) {
  const candidates = shallowRef<readonly Candidate[]>();
  const error = shallowRef<unknown>();
  const read = ref(0);
  const absent = ref(new Set<string>());
  const unknown = ref<string[]>([]);
  const abort = new AbortController();

  async function load() {
    error.value = undefined;
    // Sorted by number, as the sheets are that invigilators hand in.
    const asked = { session_id, course_id, state: "arranged", sort: "student_number" };
    const tell = (count: number) => (read.value = count);
    try {
      const found = await allFound("exams.ListRegistrations", asked, ({ id }) => String(id), MOST, tell, abort.signal);
      candidates.value = [...found.values()] as unknown as Candidate[];
    } catch (wrong) {
      if (!abort.signal.aborted) error.value = wrong;
    }
  }

  function mark(id: string, isAbsent: boolean) {
    const next = new Set(absent.value);
    if (isAbsent) next.add(id);
    else next.delete(id);
    absent.value = next;
  }

  function paste(text: string) {
    const found = byNumbers(candidates.value ?? [], text);
    absent.value = new Set([...absent.value, ...found.ids]);
    unknown.value = found.unknown;
  }
  const sat = computed(() => (candidates.value?.length ?? 0) - absent.value.size);
  return { candidates, error, read, absent, unknown, sat, load, mark, paste, stop: () => abort.abort() };
}

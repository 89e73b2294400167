/** Everything that courses, finance and exams state, read to its end. */
import { onUnmounted, reactive, ref, shallowRef } from "vue";
import { call } from "@/kit/contract";
import type { Statements } from "./agreement";

const PAGE = 5000; // rows of one answer
const MOST = 300_000; // rows of each service; a browser keeps no more

interface Part<Row> {
  items: readonly Row[];
  next_after: string | null;
}

export function useStatements() {
  const read = reactive({ selections: 0, bills: 0, registrations: 0 });
  const isReading = ref(false);
  const isCut = ref(false);
  const error = shallowRef<unknown>();
  const found = shallowRef<Statements>();
  let abort: AbortController | undefined;
  onUnmounted(() => abort?.abort());

  async function all<Row>(
    what: keyof Statements,
    ask: (after: string | undefined) => Promise<Part<Row>>,
  ): Promise<Row[]> {
    const rows: Row[] = [];
    let after: string | undefined;
    do {
      const part = await ask(after);
      rows.push(...part.items);
      read[what] = rows.length;
      after = part.next_after ?? undefined;
    } while (after && rows.length < MOST);
    isCut.value ||= after !== undefined;
    return rows;
  }

  /** Read all three, one beside the other. */
  async function start() {
    const mine = (abort = new AbortController());
    const { signal } = mine;
    Object.assign(read, { selections: 0, bills: 0, registrations: 0 });
    [isReading.value, isCut.value, error.value, found.value] = [true, false, undefined, undefined];
    try {
      const [selections, bills, registrations] = await Promise.all([
        all("selections", (after) => call("courses.ListSelectionStatements", { limit: PAGE, after }, { signal })),
        all("bills", (after) => call("finance.ListBillStatements", { limit: PAGE, after }, { signal })),
        all("registrations", (after) => call("exams.ListRegistrationStatements", { limit: PAGE, after }, { signal })),
      ]);
      found.value = { selections, bills, registrations };
    } catch (wrong) {
      if (!signal.aborted) error.value = wrong;
      mine.abort(); // the others need not go on
    } finally {
      isReading.value = false;
    }
  }
  return { read, isReading, isCut, error, found, start, stop: () => abort?.abort() };
}

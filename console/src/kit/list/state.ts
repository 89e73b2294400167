/** What a list is asked for: kept in the address of its page, or, of a list inside of another page, beside it. */
import { computed, ref, type Ref } from "vue";
import { useRoute, useRouter } from "vue-router";
import type { Field } from "@/kit/contract";
import { beginning, read, write, type Asking } from "./address";

export interface ListState {
  asking: Readonly<Ref<Asking>>;
  /** Ask for something else; a change of filters, order or size begins with the first page. */
  go: (changes: Partial<Asking>) => void;
}

const changed = (asking: Asking, changes: Partial<Asking>): Asking => ({ ...asking, page: 1, after: "", ...changes });

/** The state of the list that a page is. */
export function useAddressState(filters: readonly Field[]): ListState {
  const route = useRoute();
  const router = useRouter();
  const path = route.path;
  let last = beginning();

  const asking = computed(() => {
    // On the way to another page the address is that one's already.
    if (route.path === path) last = read(filters, route.query, (history.state as { hidden?: unknown } | null)?.hidden);
    return last;
  });
  function go(changes: Partial<Asking>) {
    const { query, hidden } = write(filters, changed(asking.value, changes));
    // Forced, as the address stays when only what does not stand in it has changed.
    void router.push({ path, query, state: { hidden }, force: true });
  }
  return { asking, go };
}

/** The state of a list on another page. */
export function useOwnState(): ListState {
  const asking = ref(beginning()) as Ref<Asking>;
  return { asking, go: (changes) => (asking.value = changed(asking.value, changes)) };
}

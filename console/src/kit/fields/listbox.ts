/** Keys of a list that hangs below a text: arrows walk, Enter takes, Escape closes (ARIA APG, combobox). */
import { ref, watch, type Ref } from "vue";

export interface Listbox {
  active: Ref<number>;
  onKeydown: (event: KeyboardEvent) => void;
}

/** Walk through `options`; `take` gets what is taken, `close` is called by Escape. */
export function useListbox<Option>(
  options: Readonly<Ref<readonly Option[]>>,
  take: (option: Option) => void,
  close: () => void,
): Listbox {
  const active = ref(-1);
  watch(options, () => (active.value = options.value.length > 0 ? 0 : -1));

  function walk(step: number) {
    const count = options.value.length;
    if (count > 0) active.value = (active.value + step + count) % count;
  }

  function onKeydown(event: KeyboardEvent) {
    const option = options.value[active.value];
    if (event.key === "ArrowDown") walk(1);
    else if (event.key === "ArrowUp") walk(-1);
    else if (event.key === "Enter" && option !== undefined) take(option);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    if (event.key !== "Escape") event.stopPropagation();
  }
  return { active, onKeydown };
}

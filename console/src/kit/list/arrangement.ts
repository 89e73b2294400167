import { computed, ref } from "vue";
import { fieldOf, type Field } from "@/kit/contract";
import { arranged, arrangementOf, type Arrangement } from "./columns";
import type { AnyColumn, AnyList } from "./declare";

/** A column as it is shown, or could be. */
export interface ShownColumn extends AnyColumn {
  of: Field;
  shown: boolean;
}

/** The columns of a list as this device has them arranged. */
export function useArrangement(list: AnyList, answer: readonly Field[]) {
  const kept = arrangementOf(list.name);
  const declared: Arrangement = {
    order: list.columns.map(({ field }) => field),
    hidden: list.columns.filter(({ hidden }) => hidden).map(({ field }) => field),
  };
  const arrangement = ref<Arrangement>(kept.read() ?? declared);

  const columns = computed<ShownColumn[]>(() =>
    arranged(declared.order, arrangement.value).flatMap((name) => {
      const column = list.columns.find(({ field }) => field === name);
      const of = fieldOf(answer, name);
      return column && of ? [{ ...column, of, shown: !arrangement.value.hidden.includes(name) }] : [];
    }),
  );
  function arrange(next: Arrangement | null) {
    arrangement.value = next ?? declared;
    kept.write(arrangement.value);
  }
  return { columns, arrangement, arrange };
}

/**
 * The five elements depend on each other: level, type, source, major and length together name a programme, so whoever
 * has chosen some of them is offered what programmes have beside these.
 */
import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import { call, choice, type Row } from "@/kit/contract";
import { useMayUse } from "@/kit/me";
import { without } from "@/kit/objects";
import type { Filters } from "./address";

export const ELEMENTS = ["level", "student_type", "student_source", "major_code", "schooling_length"] as const;
export type Element = (typeof ELEMENTS)[number];
export type Programme = Pick<Row<"courses.ListProgrammes">, Element | "major_name" | "from_intake" | "until_intake">;
export type Options = readonly [value: string, word: string][];

const isElement = (name: string): name is Element => (ELEMENTS as readonly string[]).includes(name);

/** Whether a programme is one for students of an intake. */
function isFor({ from_intake, until_intake }: Programme, intake: string): boolean {
  return from_intake <= intake && (!until_intake || intake <= until_intake);
}

/** The programmes that have what was chosen; `but` is left out of account. */
function fitting(programmes: readonly Programme[], chosen: Filters, but?: Element): Programme[] {
  const intake = typeof chosen.intake === "string" && chosen.intake.length === 6 ? chosen.intake : undefined;
  const wanted = ELEMENTS.filter((element) => element !== but && chosen[element]);
  return programmes.filter(
    (programme) =>
      (!intake || isFor(programme, intake)) && wanted.every((element) => programme[element] === chosen[element]),
  );
}

function wordOf(element: Element, programme: Programme): string {
  if (element === "level") return choice("Level", programme.level);
  return element === "major_code" ? `${programme.major_code} ${programme.major_name}` : programme[element];
}

/** What there is of an element beside what else was chosen. */
export function optionsOf(element: Element, chosen: Filters, programmes: readonly Programme[]): Options {
  const found = new Map(
    fitting(programmes, chosen, element).map((each) => [each[element] as string, wordOf(element, each)]),
  );
  return [...found].sort(([one], [other]) => one.localeCompare(other));
}

/** What was chosen, after `changed` was: elements that do not go with it are given up. */
export function narrowed(chosen: Filters, changed: string, programmes: readonly Programme[]): Filters {
  if (!isElement(changed) && changed !== "intake") return chosen;
  let left: Filters = chosen;
  for (const element of ELEMENTS) {
    if (element === changed || !left[element] || fitting(programmes, left).length > 0) continue;
    left = without(left, element);
  }
  return left;
}

const MOST = 200;

/** The options of elements among a list's filters; none for who may not see programmes, who types them. */
export function useNarrowing(names: readonly string[], chosen: Readonly<Ref<Filters>>) {
  const mayUse = useMayUse();
  const { data } = useQuery({
    queryKey: ["programmes to choose from"],
    queryFn: () => call("courses.ListProgrammes", { size: MOST }),
    enabled: names.some(isElement) && mayUse("courses.ListProgrammes"),
    staleTime: 5 * 60 * 1000,
  });
  const programmes = computed<Programme[]>(() => [...(data.value?.items ?? [])]);
  const isWhole = computed(() => (data.value?.total ?? Infinity) <= MOST);
  // With more programmes than were read, what they have is not all that there is.
  const optionsFor = (name: string): Options | undefined =>
    isElement(name) && isWhole.value && programmes.value.length > 0
      ? optionsOf(name, chosen.value, programmes.value)
      : undefined;
  const narrow = (filters: Filters, name: string) =>
    isWhole.value ? narrowed(filters, name, programmes.value) : filters;
  return { optionsFor, narrow };
}

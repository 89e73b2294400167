/**
 * The five elements of a form are chosen from what there is: a round and a teaching point have programmes, and whatever
 * somebody picks leaves less of the other elements. Where one value is left, it is that.
 */
import { keepPreviousData, useQuery } from "@tanstack/vue-query";
import { computed, ref, type Ref } from "vue";
import { call, choice, type Answer, type Request } from "@/kit/contract";
import type { Draft } from "@/kit/form/draft";
import { ELEMENTS, type Element, type Options } from "@/kit/list/narrow";

export type Choices = Answer<"enrollment.GetProgrammeChoices">;
export type Elements = Partial<Record<Element, string>>;
type Choice = Choices[Element][number];

function wordOf(element: Element, { value, name }: Choice): string {
  if (element === "level") return choice("Level", value);
  return name ? `${value} ${name}` : value;
}

/** What an element is chosen from, with how many programmes have it where there are several. */
export function optionsOf(element: Element, choices: Choices): Options {
  const offered = choices[element];
  const count = (each: Choice) => (offered.length > 1 ? `（${each.count}）` : "");
  return offered.map((each) => [each.value, wordOf(element, each) + count(each)]);
}

/** What elements are that nobody has picked, or that can't be what was picked: what alone is left, else nothing. */
export function following(choices: Choices, picked: Elements): Elements {
  const open = ELEMENTS.filter((element) => !choices[element].some(({ value }) => value === picked[element]));
  const alone = ([only, ...others]: readonly Choice[]) => (only && others.length === 0 ? only.value : "");
  return Object.fromEntries(open.map((element) => [element, alone(choices[element])]));
}

/** What somebody picked themselves: what merely followed narrows nothing, so that another choice stays possible. */
export const pickedIn = (draft: Draft, follows: Elements): Elements =>
  Object.fromEntries(
    ELEMENTS.filter((element) => draft[element] && draft[element] !== follows[element]).map((element) => [
      element,
      String(draft[element]),
    ]),
  );

/** How many programmes are left. */
export function left(choices: Choices, picked: Elements): number {
  const element = ELEMENTS.find((each) => !picked[each]) ?? "level";
  return choices[element].reduce((sum, { count }) => sum + count, 0);
}

/** Where somebody is to study: the choices are those of a round and a teaching point, one's own where none is given. */
export interface Place {
  admission_round_id?: string;
  teaching_point_id?: string;
}

/** The elements of a form, from what is in it and where it is for. */
export function useElements(place: Readonly<Ref<Place>>) {
  const picked = ref<Elements>({});
  const { data, error, refetch } = useQuery({
    queryKey: computed(() => ["enrollment.GetProgrammeChoices", place.value, picked.value]),
    queryFn: ({ signal }) =>
      call(
        "enrollment.GetProgrammeChoices",
        { ...place.value, ...picked.value } as Request<"enrollment.GetProgrammeChoices">,
        { signal },
      ),
    enabled: computed(() => !!place.value.admission_round_id),
    placeholderData: keepPreviousData,
  });
  const follows = computed<Elements>(() => (data.value ? following(data.value, picked.value) : {}));
  const options = computed(() =>
    Object.fromEntries(ELEMENTS.map((each) => [each, data.value ? optionsOf(each, data.value) : []])),
  );
  const count = computed(() => (data.value ? left(data.value, picked.value) : undefined));
  const isKnown = computed(() => !!data.value?.programme_id);
  const hear = (draft: Draft) => {
    const now = pickedIn(draft, follows.value);
    if (JSON.stringify(now) !== JSON.stringify(picked.value)) picked.value = now;
  };
  return { options, follows, picked, count, isKnown, error, again: refetch, hear, anew: () => (picked.value = {}) };
}

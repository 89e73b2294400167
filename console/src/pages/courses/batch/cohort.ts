/** Which cohort a batch is for: the intake and the five elements, which stand in the page's address. */
import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import { call, fieldOf, operation, type Field, type Request } from "@/kit/contract";
import type { Filters } from "@/kit/list/address";
import type { Options } from "@/kit/list/narrow";

export const NAMES = ["intake", "level", "student_type", "student_source", "major_code", "schooling_length"] as const;
type Cohort = Required<Pick<Request<"courses.ListCohort">, (typeof NAMES)[number]>>;

/** The fields of a cohort. All of them are needed, as people of another type or source are another cohort. */
export const cohortFields = (): Field[] =>
  NAMES.flatMap((name) => fieldOf(operation("courses.ListCohort").request, name) ?? []).map((field) => ({
    ...field,
    required: true,
  }));

/** A cohort with what there is no choice of: where programmes leave one value, it is that. */
export function filledUp(given: Filters, optionsFor: (name: string, given: Filters) => Options | undefined): Filters {
  return NAMES.reduce<Filters>((filled, name) => {
    const options = filled[name] ? undefined : optionsFor(name, filled);
    return options?.length === 1 ? { ...filled, [name]: options[0]![0] } : filled;
  }, given);
}

/** The labels of what is missing in a cohort. */
export const missingIn = (fields: readonly Field[], given: Filters): string[] =>
  fields.filter(({ name }) => !given[name]).map(({ label }) => label);

/** The one programme that students of a cohort study by, once the cohort is known. */
export function useProgramme(cohort: Readonly<Ref<Filters | undefined>>) {
  const isKnown = computed(() => cohort.value !== undefined);
  const found = useQuery({
    queryKey: computed(() => ["courses.ListProgrammes", "cohort", cohort.value]),
    queryFn: ({ signal }) =>
      call("courses.ListProgrammes", { ...(cohort.value as Cohort), status: "published", size: 1 }, { signal }),
    enabled: isKnown,
  });
  const id = computed(() => found.data.value?.items[0]?.id);
  const one = useQuery({
    queryKey: computed(() => ["courses.GetProgramme", id.value]),
    queryFn: ({ signal }) => call("courses.GetProgramme", { programme_id: id.value! }, { signal }),
    enabled: computed(() => id.value !== undefined),
  });
  const isNone = computed(() => found.data.value?.items.length === 0);
  const error = computed(() => found.error.value ?? one.error.value);
  const again = () => void (found.error.value ? found.refetch() : one.refetch());
  return { programme: one.data, isNone, error, again };
}

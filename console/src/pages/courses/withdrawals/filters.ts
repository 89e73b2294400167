import type { Filters } from "@/kit/list/address";

/** Filters without the one by state. */
export const withoutState = (filters: Filters): Filters =>
  Object.fromEntries(Object.entries(filters).filter(([name]) => name !== "state"));

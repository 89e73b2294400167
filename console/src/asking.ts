/** How what pages show is asked for. */
import type { VueQueryPluginOptions } from "@tanstack/vue-query";
import { Problem } from "@/api/problem";

const TIMES = 2; // that it is asked again

/** When the server says how long to wait, people see that, and it is asked again after it. */
const isWorthwhile = (failures: number, reason: unknown) =>
  failures < TIMES && reason instanceof Problem && reason.passes && reason.retryAfter === null;

export const asking: VueQueryPluginOptions = {
  // Answers are replaced as a whole: nobody watches a field of one of a thousand rows.
  queryClientConfig: { defaultOptions: { queries: { staleTime: 10_000, retry: isWorthwhile, shallow: true } } },
};

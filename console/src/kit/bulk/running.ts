/** A command about many rows, sent part by part: tried first, then done. */
import { ref, shallowRef } from "vue";
import type { BulkAction } from "@/kit/actions";
import { fieldOf, operation, type AnyRequest } from "@/kit/contract";
import { problemFrom } from "@/kit/feedback/problems";
import type { Problem } from "@/api/problem";
import { keyFor, leavesOpen, settled } from "@/kit/form/keys";
import { callAny } from "@/kit/untyped";
import { outcomesOf, parts, requestFor, type RowOutcome } from "./outcome";

const MOST = 500; // ids of one request, where the contract names no number

export function useRunning(action: BulkAction) {
  const asked = operation(action.name);
  const most = fieldOf(asked.request, action.ids)?.max_items ?? MOST;
  const canTry = fieldOf(asked.request, "dry_run") !== undefined;
  const isRunning = ref(false);
  const sent = ref(0);
  const answers = shallowRef<unknown[]>([]);
  const problem = shallowRef<Problem | null>(null);

  async function part(request: AnyRequest): Promise<unknown> {
    try {
      const answer = await callAny(action.name, request, { key: keyFor(action.name, request) });
      settled(action.name, request);
      return answer;
    } catch (error) {
      const wrong = problemFrom(error);
      if (!leavesOpen(wrong)) settled(action.name, request);
      throw wrong;
    }
  }

  /** The outcome of every row that was sent; after a failure of those before it. `from` is how many were done before. */
  async function run(fields: AnyRequest, ids: readonly string[], isTrial: boolean): Promise<RowOutcome[]> {
    isRunning.value = true;
    problem.value = null;
    sent.value = 0;
    answers.value = [];
    const outcomes: RowOutcome[] = [];
    try {
      for (const some of parts(ids, most)) {
        const request = { ...requestFor(fields, action.ids, some), ...(isTrial ? { dry_run: true } : {}) };
        const answer = await part(request);
        answers.value = [...answers.value, answer];
        outcomes.push(...outcomesOf(answer, some));
        sent.value += some.length;
      }
    } catch (error) {
      problem.value = error as Problem;
    } finally {
      isRunning.value = false;
    }
    return outcomes;
  }
  return { isRunning, sent, answers, problem, canTry, run };
}

import { ref, shallowRef } from "vue";
import type { Problem } from "@/api/problem";
import type { AnyRequest, Name } from "@/kit/contract";
import { problemFrom } from "@/kit/feedback/problems";
import { callAny } from "@/kit/untyped";
import { keyFor, leavesOpen, settled } from "./keys";

/** Sends what a form holds: one at a time, and under one key until it is known what became of it. */
export function useSending(name: Name) {
  const sending = ref(false);
  const problem = shallowRef<Problem | null>(null);

  /** The answer; undefined where there was none, which `problem` says why. */
  async function send(request: AnyRequest): Promise<unknown> {
    if (sending.value) return undefined;
    sending.value = true;
    problem.value = null;
    try {
      const answer = await callAny(name, request, { key: keyFor(name, request) });
      settled(name, request);
      return answer;
    } catch (error) {
      problem.value = problemFrom(error);
      if (!leavesOpen(problem.value)) settled(name, request);
      return undefined;
    } finally {
      sending.value = false;
    }
  }
  return { sending, problem, send };
}

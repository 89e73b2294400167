/** How a failure is told: which of its kinds it is, and what to do. The sentences are the server's where it has one. */
import { Problem } from "@/api/problem";

export type FailureKind = "no-right" | "not-found" | "narrow" | "away" | "offline" | "failed";

export interface Failure {
  kind: FailureKind;
  title: string;
  detail: string;
  /** Whether it is worth trying again. */
  again: boolean;
  /** Seconds after which it is. */
  wait: number;
  correlation: string | null;
}

const TITLES: Record<FailureKind, string> = {
  "no-right": "没有权限",
  "not-found": "没有找到",
  narrow: "请调整条件",
  away: "服务暂时不可用",
  offline: "网络已断开",
  failed: "加载失败",
};
const AGAIN = new Set<FailureKind>(["away", "offline", "failed"]);
const KINDS: Record<number, FailureKind> = {
  0: "offline",
  403: "no-right",
  404: "not-found",
  422: "narrow",
  429: "away",
  503: "away",
};
const WAIT = 5;

/** Anything thrown as a problem: what is none is a mistake of ours. */
export const problemFrom = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem("unexpected", "页面出现意外错误，请重试；若反复出现请报修。", 500);

/** What is told of something that went wrong. */
export function failureOf(error: unknown): Failure {
  const problem = problemFrom(error);
  const kind = KINDS[problem.status] ?? "failed";
  const fields = problem.fields.map(({ title, message }) => (title ? `${title}：${message}` : message));
  return {
    kind,
    title: TITLES[kind],
    detail: [problem.detail, ...fields].join(" "),
    again: AGAIN.has(kind),
    wait: kind === "away" ? (problem.retryAfter ?? WAIT) : 0,
    correlation: kind === "failed" ? problem.correlationId : null,
  };
}

/** A failure in one sentence, for where there is room for one. */
export const sentenceOf = (error: unknown) => failureOf(error).detail;

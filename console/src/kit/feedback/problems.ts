/** How a failure is told: which of its kinds it is, and what to do. The sentences are the server's where it has one. */
import { Problem } from "@/api/problem";

export type FailureKind = "no right" | "not found" | "narrow" | "away" | "offline" | "failed";

export interface Failure {
  kind: FailureKind;
  title: string;
  detail: string;
  /** Seconds after which it is worth trying again; undefined where trying again is no use. */
  again?: number;
  correlation?: string;
}

const TITLES: Record<FailureKind, string> = {
  "no right": "没有权限",
  "not found": "没有找到",
  narrow: "请缩小范围",
  away: "服务暂时不可用",
  offline: "网络已断开",
  failed: "加载失败",
};

const NARROW = new Set(["narrow_the_list", "page_too_far", "sort_not_supported", "filter_not_supported"]);
const FOREIGN = new Set(["list_position_unknown"]);

function kindOf(problem: Problem): FailureKind {
  if (problem.status === 403) return "no right";
  if (problem.status === 404) return "not found";
  if (NARROW.has(problem.code) || FOREIGN.has(problem.code) || problem.status === 422) return "narrow";
  return problem.status === 503 || problem.status === 429 ? "away" : "failed";
}

/** What is told of something that went wrong. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Problem) {
    const kind = kindOf(error);
    return {
      kind,
      title: TITLES[kind],
      detail: [error.detail, ...error.errors.map(({ title, message }) => (title ? `${title}：${message}` : message))].join(" "),
      again: kind === "away" ? (error.retryAfter ?? 5) : kind === "failed" ? 0 : undefined,
      correlation: kind === "failed" ? error.correlationId : undefined,
    };
  }
  const kind = error instanceof TypeError ? "offline" : "failed";
  const detail = kind === "offline" ? "无法连接服务器，请检查网络后重试。" : "出现意外错误，请重试。";
  return { kind, title: TITLES[kind], detail, again: 0 };
}

/** A failure in one sentence, for where there is room for one. */
export const sentenceOf = (error: unknown) => failureOf(error).detail;

import type { components } from "generated/api";

type Document = Partial<components["schemas"]["Problem"]>;

/** What is wrong with one field. */
export interface FieldProblem {
  path: string;
  title?: string;
  code: string;
  message: string;
}

/** Why something was not done, in words for people: those of the server, where it gave any. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly code: string,
    readonly detail: string,
    readonly status = 0,
    readonly fields: readonly FieldProblem[] = [],
    /** Seconds after which it may be tried again. */
    readonly retryAfter: number | null = null,
    readonly correlationId: string | null = null,
    /** The work that has to be done first. */
    readonly challenge: unknown = null,
    /** The service that is away. */
    readonly service: string | null = null,
  ) {
    super(`${code} (${status})`); // what a person may be told stands in `detail`, and in no log
  }

  /** What is said about one field. */
  at(path: string): string | undefined {
    return this.fields.find((each) => each.path === path)?.message;
  }

  /** What is said besides about the fields that show it themselves: about other fields, or in general. */
  beside(shown: readonly string[]): string[] {
    const others = this.fields.filter(({ path }) => !shown.includes(path));
    if (others.length === 0) return [this.detail];
    return others.map(({ title, message }) => (title ? `${title}：${message}` : message));
  }

  /** Whether nothing may be wrong with the request itself, so that the same one may be sent again. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** What an answer that is not a good one says. */
export function problemOf(response: Response, body: unknown): Problem {
  const document = isDocument(body) ? body : {};
  return new Problem(
    document.code ?? "no_answer",
    document.detail ?? `服务器暂时没有响应（HTTP ${response.status}），请稍后重试。`,
    response.status,
    (document.errors as FieldProblem[] | undefined) ?? [],
    Number(response.headers.get("Retry-After")) || null,
    document.correlation_id ?? response.headers.get("X-Correlation-Id"),
    document.challenge ?? null,
    document.service ?? null,
  );
}

/** There was no answer at all. */
export function offline(): Problem {
  return new Problem("offline", "无法连接服务器，请检查网络后重试。");
}

function isDocument(body: unknown): body is Document & { challenge?: unknown } {
  return typeof body === "object" && body !== null && "code" in body;
}

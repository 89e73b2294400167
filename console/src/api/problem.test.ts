import { describe, expect, it } from "vitest";
import { offline, problemOf } from "./problem";

const answer = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers });

describe("a problem", () => {
  it("says what the server says, of each field too", () => {
    const errors = [{ path: "mobile", code: "field_bad_format", message: "格式不正确" }];
    const problem = problemOf(answer(422), { code: "validation_failed", detail: "提交的内容有误", errors });
    expect(problem.detail).toBe("提交的内容有误");
    expect(problem.at("mobile")).toBe("格式不正确");
    expect(problem.at("email")).toBeUndefined();
    expect(problem.passes).toBe(false);
  });

  it("says beside the fields that are shown what is said about others, and else in general", () => {
    const of = (...errors: { path: string; title?: string; code: string; message: string }[]) =>
      problemOf(answer(422), { code: "validation_failed", detail: "提交的内容有误", errors });
    const mobile = { path: "mobile", code: "field_bad_format", message: "格式不正确" };
    expect(of(mobile).beside(["mobile"])).toEqual(["提交的内容有误"]);
    expect(of(mobile, { path: "", code: "passwords_differ", message: "两次输入不同" }).beside(["mobile"])).toEqual([
      "两次输入不同",
    ]);
    expect(of({ ...mobile, title: "手机号码" }).beside([])).toEqual(["手机号码：格式不正确"]);
  });

  it("knows when it may be tried again", () => {
    const problem = problemOf(answer(503, { "Retry-After": "7" }), { code: "overloaded", detail: "系统繁忙" });
    expect(problem.retryAfter).toBe(7);
    expect(problem.passes).toBe(true);
  });

  it("has words of its own for what no server of ours said", () => {
    const problem = problemOf(answer(502), "<html>Bad gateway</html>");
    expect(problem.code).toBe("no_answer");
    expect(problem.detail).toContain("502");
    expect(offline().passes).toBe(true);
  });
});

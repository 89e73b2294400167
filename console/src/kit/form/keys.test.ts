import { beforeEach, describe, expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { digest, keyFor, leavesOpen, settled } from "./keys";

const SLIP = { bill_ids: ["a"], payer_name: "徐州教学点" };

describe("the key of what is sent", () => {
  beforeEach(() => sessionStorage.clear());

  it("stays the same for the same, also after the page was loaded anew", () => {
    const key = keyFor("finance.CreateRemittance", SLIP);
    expect(keyFor("finance.CreateRemittance", { ...SLIP })).toBe(key);
    expect(key).toMatch(/^[A-Za-z0-9_-]{8,80}$/);
  });

  it("is another for other content and another operation", () => {
    const key = keyFor("finance.CreateRemittance", SLIP);
    expect(keyFor("finance.CreateRemittance", { ...SLIP, payer_name: "睢宁教学点" })).not.toBe(key);
    expect(keyFor("finance.Other", SLIP)).not.toBe(key);
  });

  it("is a new one once it is known what became of it", () => {
    const key = keyFor("finance.CreateRemittance", SLIP);
    settled("finance.CreateRemittance", SLIP);
    expect(keyFor("finance.CreateRemittance", SLIP)).not.toBe(key);
  });

  it("keeps nothing of what was sent", () => {
    keyFor("finance.CreateRemittance", SLIP);
    expect(JSON.stringify({ ...sessionStorage })).not.toContain("徐州");
  });

  it("tells contents apart", () => {
    const texts = Array.from({ length: 1000 }, (_, index) => `2632030906${index}`);
    expect(new Set(texts.map(digest)).size).toBe(1000);
  });
});

describe("a failure", () => {
  it("leaves open what became of what was sent, unless the server refused it", () => {
    const problem = (status: number, code = "x") => new Problem(code, "", status);
    expect([0, 401, 408, 429, 500, 503].every((status) => leavesOpen(problem(status)))).toBe(true);
    expect([403, 404, 409, 422].some((status) => leavesOpen(problem(status)))).toBe(false);
    expect(leavesOpen(problem(409, "command_in_progress"))).toBe(true);
  });
});

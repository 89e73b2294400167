import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useAway } from "./away";
import { call } from "./client";

vi.mock("./session", () => ({ useSession: () => ({ token: () => Promise.resolve("token"), refused: () => {} }) }));

const json = (status: number, body: object, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
const PAGE = { items: [], page: 1, size: 50, total: 0 };
const unavailable = (service: string) =>
  json(503, { code: "service_unavailable", detail: "暂时不可用", service }, { "Retry-After": "7" });
const answers: Response[] = [];
const away = useAway();

beforeEach(() => vi.stubGlobal("fetch", () => Promise.resolve(answers.shift())));
afterEach(async () => {
  answers.splice(0, answers.length, json(200, PAGE), json(200, PAGE));
  await call("finance.ListBills", {});
  await call("identity.ListUsers", {});
  vi.unstubAllGlobals();
});

const bills = () => call("finance.ListBills", {}).catch(() => undefined);

describe("a service that is away", () => {
  it("is known with how long to wait, until an answer of its own is good", async () => {
    answers.push(unavailable("finance"), json(200, PAGE), json(200, PAGE));
    await bills();
    expect([...away.value]).toEqual([["finance", 7]]);
    await call("registry.ListStudents", {});
    expect(away.value.has("finance")).toBe(true);
    await bills();
    expect(away.value.size).toBe(0);
  });

  it("is the one that the answer names, which may be another than the one that was asked", async () => {
    answers.push(unavailable("identity"));
    await bills();
    expect([...away.value.keys()]).toEqual(["identity"]);
  });

  it("is none that refused, or took too long once", async () => {
    answers.push(json(403, { code: "forbidden", detail: "" }), json(503, { code: "deadline_exceeded", detail: "" }));
    await bills();
    await bills();
    expect(away.value.size).toBe(0);
  });
});

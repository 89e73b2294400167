import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isCodeAsked, settleCode } from "@/api/code";
import { call } from "@/api/client";
import { Problem } from "@/api/problem";
import { button, enter, leave, shown, text } from "@/kit/testing";
import CodeForm from "./CodeForm.vue";
import QrCode from "./QrCode.vue";
import SecondFactorForm from "./SecondFactorForm.vue";

const OFFER = { secret: "GEZDGNBVGY3TQOJQ", uri: "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", offer: "offered" };
const asked: [string, unknown][] = [];
let refusals: Problem[] = [];
let reloads = 0;

vi.mock("@/api/session", () => ({
  useSession: () => ({ token: () => Promise.resolve("t"), refused: () => undefined, reload: () => (reloads += 1) }),
}));
vi.mock("@/api/http", () => ({
  http: {
    request: (_: string, path: string, init: { body: unknown; headers: Record<string, string> }) => {
      asked.push([`${path} ${init.headers["Idempotency-Key"]}`, init.body]);
      const refusal = refusals.shift();
      if (refusal) return Promise.reject(refusal);
      return Promise.resolve({ data: path.endsWith("offer") ? OFFER : { codes: ["aaaa-bbbb-cccc-dddd"] } });
    },
  },
  good: (sent: Promise<unknown>) => sent,
}));

beforeEach(() => {
  asked.length = 0;
  refusals = [];
  reloads = 0;
});
afterEach(leave);

const input = () => document.querySelector<HTMLInputElement>('input[name="code"]')!;
const again = () => new Problem("second_factor_again", "请再次验证。", 403);

describe("what wants a code of a short while ago", () => {
  it("is sent again under its key when the code was given", async () => {
    refusals = [again()];
    const sent = call("enrollment.AdmitApplications", { application_ids: ["x"] } as never, { key: "one-key-0001" });
    await vi.waitFor(() => expect(isCodeAsked.value).toBe(true));
    settleCode(true);
    await sent;
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
  });

  it("is refused as it was when the person would not", async () => {
    refusals = [again()];
    const sent = call("enrollment.AdmitApplications", { application_ids: ["x"] } as never, { key: "one-key-0001" });
    await vi.waitFor(() => expect(isCodeAsked.value).toBe(true));
    settleCode(false);
    await expect(sent).rejects.toMatchObject({ code: "second_factor_again" });
    expect(asked).toHaveLength(1);
  });
});

describe("giving a code", () => {
  it("says what was wrong with it, and goes on with new tokens when it was right", async () => {
    const done = vi.fn();
    await shown(CodeForm, { onDone: done });
    refusals = [new Problem("wrong_code", "验证码不正确。", 422)];
    enter(input(), " 123456 ");
    await vi.waitFor(() => expect(button("验证").disabled).toBe(false));
    button("验证").click();
    await vi.waitFor(() => expect(text()).toContain("验证码不正确。"));
    expect([done.mock.calls.length, reloads]).toEqual([0, 0]);
    button("验证").click();
    await vi.waitFor(() => expect(done).toHaveBeenCalled());
    expect(reloads).toBe(1);
    expect(asked.map(([, body]) => body)).toEqual([{ code: "123456" }, { code: "123456" }]);
  });
});

describe("setting it up", () => {
  it("shows the secret, takes a code of it, and goes on when the recovery codes were seen", async () => {
    const done = vi.fn();
    await shown(SecondFactorForm, { onDone: done });
    await vi.waitFor(() => expect(document.querySelector("svg")).not.toBeNull());
    expect(text()).toContain("GEZD GNBV GY3T QOJQ");
    enter(input(), "123456");
    await vi.waitFor(() => expect(button("确认设置").disabled).toBe(false));
    button("确认设置").click();
    await vi.waitFor(() => expect(text()).toContain("aaaa-bbbb-cccc-dddd"));
    expect(asked.at(-1)?.[1]).toEqual({ offer: "offered", code: "123456" });
    expect(reloads).toBe(0);
    button("我已保存，继续").click();
    await vi.waitFor(() => expect(done).toHaveBeenCalled());
    expect(reloads).toBe(1);
  });
});

describe("a QR code", () => {
  it("has a quiet zone around it and something in it", async () => {
    const root = await shown(QrCode, { text: OFFER.uri, title: "二维码" });
    expect(root.querySelector("path")?.getAttribute("d")).toMatch(/^M4 4h1v1h-1z/);
    expect(root.querySelector("svg")?.getAttribute("aria-label")).toBe("二维码");
  });
});

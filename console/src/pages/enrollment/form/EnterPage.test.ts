import { afterEach, expect, it, vi } from "vitest";
import { call } from "@/kit/contract";
import { leave, shown, text } from "@/kit/testing";
import EnterPage from "./EnterPage.vue";

const SIGNUP = { id: "s1", name: "李明", mobile: "13912345678", wished_major: "会计", teaching_point_id: "p1" };

vi.mock("vue-router", async (original) => ({
  ...(await original<typeof import("vue-router")>()),
  useRoute: () => ({ query: { signup: "s1" } }),
}));
vi.mock("@/kit/contract", async (original) => ({
  ...(await original<typeof import("@/kit/contract")>()),
  call: vi.fn(),
}));
vi.mock("@/kit/links", () => ({ useLinks: () => (thing: string, id: string) => `/${thing}/${id}` }));
vi.mock("@/kit/rounds", () => ({
  useOpenRounds: () => ({ rounds: { value: [{ id: "r1", code: "2026Q", name: "秋季" }] }, isKnown: { value: true } }),
}));
vi.mock("./ApplicationForm.vue", () => ({ default: { inheritAttrs: false, render: () => "报名表的内容" } }));
afterEach(leave);

it.each([
  { state: "completed", application_id: "a1", said: "已转报名表", link: "/application/a1" },
  { state: "discarded", application_id: null, said: "当前状态：无效", link: "/signup/s1" },
])("says that a signup is $state, and where its outcome is, in place of a form", async ({ said, link, ...rest }) => {
  vi.mocked(call).mockResolvedValue({ ...SIGNUP, ...rest } as never);
  const root = await shown(EnterPage);
  await vi.waitFor(() => expect(text(root)).toContain("该在线报名已处理"));
  expect(text(root)).toContain(said);
  expect(text(root)).not.toContain("报名表的内容");
  expect(root.querySelector("a")?.getAttribute("href")).toBe(link);
});

it("opens the form of a signup that waits", async () => {
  vi.mocked(call).mockResolvedValue({ ...SIGNUP, state: "signed_up", application_id: null } as never);
  const root = await shown(EnterPage);
  await vi.waitFor(() => expect(text(root)).toContain("报名表的内容"));
  expect(text(root)).toContain("在线报名时填写的意向专业：会计");
});

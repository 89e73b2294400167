import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { button, leave, shown } from "@/kit/testing";
import SessionsPage from "./SessionsPage.vue";

const session = (id: string, current: boolean) => ({
  id,
  current,
  client: "198.51.100.7",
  started_at: "2026-09-01T00:00:00Z",
  last_used_at: "2026-09-01T01:00:00Z",
});
const ALL = [session("mine", true), session("phone", false), session("office", false)];
let ended: unknown[];

vi.mock("@/api/client", () => ({
  call: (name: string, fields: { session_ids?: string[] }) => {
    if (name === "identity.EndSessions") ended.push(fields.session_ids);
    return Promise.resolve({ items: ALL });
  },
}));

beforeEach(() => (ended = []));
afterEach(leave);

describe("ending all other sessions", () => {
  async function begin() {
    await shown(SessionsPage);
    await vi.waitFor(() => button("结束其他全部登录（2）").click());
    await vi.waitFor(() => button("全部结束"));
  }

  it("is asked for once more, and done then", async () => {
    await begin();
    expect(ended).toEqual([]);
    button("全部结束").click();
    await vi.waitFor(() => expect(ended).toEqual([["phone", "office"]]));
  });

  it("is left undone by who thinks better of it", async () => {
    await begin();
    button("取消").click();
    await vi.waitFor(() => expect(document.querySelector(".el-overlay:not([style*='none'])")).toBeNull());
    expect(ended).toEqual([]);
  });
});

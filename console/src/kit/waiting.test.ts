import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { h } from "vue";
import type { AnyRequest, Name } from "@/kit/contract";
import { listOf } from "@/kit/list/declare";
import ListView from "@/kit/list/ListView.vue";
import { useOwnState } from "@/kit/list/state";
import { leave, shown, text } from "@/kit/testing";

let states: string[];
let asked: Name[];

vi.mock("@/kit/untyped", () => ({
  callAny: (name: Name, request: AnyRequest) => {
    asked.push(name);
    const items = [
      { withdrawal_id: "w", student_number: "2026", state: states[Math.min(asked.length, states.length) - 1] },
    ];
    return Promise.resolve({ items, page: 1, size: request.size, total: 1 });
  },
}));
vi.mock("@/kit/me", () => ({
  useMayUse: () => () => false,
  useMe: () => ({ account: { value: null }, mayUse: () => false }),
}));

beforeEach(() => {
  asked = [];
  vi.useFakeTimers();
});
afterEach(() => {
  leave();
  vi.useRealTimers();
});

const list = listOf("finance.ListWithdrawalReviews", {
  columns: ["student_number", "state"],
  key: "withdrawal_id",
  waits: ({ state }) => state === "waiting_for_hold",
});
const show = () => {
  const state = useOwnState();
  return shown(() => h(ListView, { list, state }));
};

it("a list is read anew while one of its rows waits for another service, and no longer", async () => {
  states = ["waiting_for_hold", "waiting_for_hold", "pending"];
  await show();
  await vi.advanceTimersByTimeAsync(10);
  expect(text()).toContain("等待考务暂停");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(text()).toContain("待审核");
  expect(asked).toHaveLength(3);
});

it("a list in which nothing waits is read once", async () => {
  states = ["pending"];
  await show();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { button, leave, shown, text } from "@/kit/testing";
import ChoiceBoxes from "@/kit/fields/ChoiceBoxes.vue";
import DelegationsPage from "./DelegationsPage.vue";

const ROW = {
  giver_name: "赵一",
  receiver_name: "钱二",
  until: "2026-09-08",
  reason: "出差",
  given_at: "",
  ended_at: null,
};
const LISTS = {
  given: [
    { ...ROW, id: "a", permission: "finance.review_remittances", state: "counts" },
    { ...ROW, id: "b", permission: "finance.read_bills", state: "taken_back" },
  ],
  received: [],
  own: ["finance.review_remittances"],
};
const asked: [string, unknown][] = [];

vi.mock("@/api/client", () => ({
  call: (name: string, fields: unknown) => {
    asked.push([name, fields]);
    return Promise.resolve(LISTS);
  },
}));
vi.mock("@/kit/feedback/say", () => ({ ask: () => Promise.resolve(true), sayDone: () => undefined }));

beforeEach(() => (asked.length = 0));
afterEach(leave);

describe("what was handed to colleagues", () => {
  it("is read in words, and what counts can be taken back", async () => {
    await shown(DelegationsPage);
    await vi.waitFor(() => expect(text()).toContain("审核汇款"));
    expect(text()).toContain("钱二");
    expect(text()).toContain("已收回");
    expect([...document.querySelectorAll("tbody button")].map((each) => text(each))).toEqual(["收回"]);
    button("收回：审核汇款").click();
    await vi.waitFor(() => expect(asked).toContainEqual(["identity.EndDelegations", { delegation_ids: ["a"] }]));
  });

  it("is chosen from one's own permissions alone", async () => {
    const field = { name: "permissions", label: "权限", kind: "list", required: true, only: LISTS.own };
    const items = { kind: "enum", choices: "DelegationsView.own" };
    await shown(ChoiceBoxes, { field: { ...field, items }, attributes: { id: "x" }, modelValue: [] });
    expect(text()).toBe("审核汇款");
  });
});

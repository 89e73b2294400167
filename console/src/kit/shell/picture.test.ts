import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { leave, shown, text } from "@/kit/testing";
import PersonPicture from "./PersonPicture.vue";

const account = { name: "赵一", avatar_id: null as string | null };
const asked: unknown[] = [];

vi.mock("@/kit/me", async () => {
  const { ref } = await import("vue");
  return { useMe: () => ({ account: ref(account) }) };
});
vi.mock("@/api/client", () => ({
  download: (name: string, fields: unknown) => {
    asked.push([name, fields]);
    return Promise.resolve({ name: "头像.jpg", content: new Blob(["x"], { type: "image/jpeg" }) });
  },
}));

beforeEach(() => {
  asked.length = 0;
  account.avatar_id = null;
});
afterEach(leave);

describe("somebody's picture", () => {
  it("is the last sign of the name until there is one", async () => {
    await shown(PersonPicture, { size: "small" });
    expect(text()).toBe("一");
    expect(asked).toEqual([]);
  });

  it("is fetched in the size that is shown", async () => {
    account.avatar_id = "a";
    await shown(PersonPicture, { size: "large" });
    await vi.waitFor(() => expect(document.querySelector("img")?.src).toMatch(/^blob:/));
    expect(asked).toEqual([["identity.GetAvatar", { size: "large" }]]);
  });
});

import { describe, expect, it, vi } from "vitest";

vi.mock("@/api/live", () => ({ onHint: vi.fn() }));
vi.mock("@/kit/contract", () => ({
  call: vi.fn(),
  listAt: (path: string) => ({ "/api/v1/withdrawals": "courses.ListWithdrawals" })[path],
}));

import { pageOf } from "./to-do";

describe("what waits", () => {
  it("leads to its list, filtered", () => {
    expect(pageOf("/api/v1/withdrawals?state=pending_academic", () => true)).toEqual({
      name: "courses.ListWithdrawals",
      query: { state: "pending_academic" },
    });
  });

  it("leads nowhere where there is no page", () => {
    expect(pageOf("/api/v1/withdrawals?state=pending_academic", () => false)).toBeUndefined();
    expect(pageOf("/api/v1/elsewhere", () => true)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { placeOf } from "./todo";

describe("what waits for somebody", () => {
  it("is shown by the page of its list, with its filters", () => {
    expect(placeOf("/api/v1/remittances?state=pending")).toEqual({
      name: "finance.ListRemittances",
      query: { state: "pending" },
    });
  });

  it("has no page where no list has the address", () => {
    expect(placeOf("/api/v1/nothing?state=pending")).toBeUndefined();
    expect(placeOf("/api/v1/account")).toBeUndefined();
  });
});

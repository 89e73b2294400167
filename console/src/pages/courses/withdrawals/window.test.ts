import { describe, expect, it } from "vitest";
import { withdrawable } from "./window";

const rounds = [
  { id: "now", opens_at: "2026-09-01T00:00:00+08:00", withdrawal_closes_at: "2026-11-15T00:00:00+08:00" },
  { id: "past", opens_at: "2026-03-01T00:00:00+08:00", withdrawal_closes_at: "2026-05-15T00:00:00+08:00" },
];
const NOW = Date.parse("2026-10-01T00:00:00Z");
const of = (selection_round_id: string, withdrawal_state: "pending_academic" | "revoked" | null = null) => ({
  selection_round_id,
  withdrawal_state,
});

describe("courses that can be withdrawn", () => {
  it("are those of rounds whose withdrawing has not ended", () => {
    expect(withdrawable([of("now"), of("past"), of("unknown")], rounds, NOW)).toEqual([of("now")]);
    expect(withdrawable([of("now")], rounds, Date.parse("2026-11-14T16:00:00Z"))).toEqual([]);
  });

  it("are none that somebody asks for already, but those that were taken back", () => {
    expect(withdrawable([of("now", "pending_academic"), of("now", "revoked")], rounds, NOW)).toEqual([
      of("now", "revoked"),
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { groupsOf, orphansOf, type Statements } from "./agreement";

const selection = (id: string, state: string) => ({ id, state, withdrawal_state: null });
const bill = (id: string, of: string, kind: string, status: string) => ({
  id,
  selection_id: of,
  registration_id: null,
  kind,
  status,
});
const statements = (some: object) =>
  ({ selections: [], bills: [], registrations: [], ...some }) as unknown as Statements;

describe("what three services state of selections", () => {
  it("is put together, and counted where it is alike", () => {
    const found = groupsOf(
      statements({
        selections: [selection("a", "selected"), selection("b", "selected"), selection("c", "pending_payment")],
        bills: [
          bill("1", "a", "exam", "paid"),
          bill("2", "a", "credit", "paid"),
          bill("3", "b", "credit", "paid"),
          bill("4", "b", "exam", "paid"),
          bill("5", "c", "credit", "unpaid"),
        ],
        registrations: [
          { id: "x", selection_id: "a", state: "registered" },
          { id: "y", selection_id: "b", state: "registered" },
        ],
      }),
    );
    expect(found).toEqual([
      {
        selection: "selected",
        withdrawal: null,
        bills: [
          ["credit", "paid"],
          ["exam", "paid"],
        ],
        registrations: ["registered"],
        count: 2,
        example: "a",
      },
      expect.objectContaining({ selection: "pending_payment", count: 1, example: "c", registrations: [] }),
    ]);
  });

  it("names what is of nothing", () => {
    const found = orphansOf(
      statements({
        selections: [selection("a", "selected")],
        bills: [bill("1", "a", "credit", "paid"), bill("2", "gone", "credit", "paid")],
        registrations: [{ id: "x", selection_id: "gone", state: "registered" }],
      }),
    );
    expect(found).toEqual([
      { thing: "bill", id: "2", of: "selection", ofId: "gone" },
      { thing: "registration", id: "x", of: "selection", ofId: "gone" },
    ]);
  });
});

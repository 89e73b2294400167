import { describe, expect, it } from "vitest";
import { done, outcomesOf, parts, reasonsIn, refused } from "./outcome";

const CLOSED = { code: "round_closed", message: "批次已关闭。" };
const OWN = { code: "decides_own_request", message: "不能审核自己提交的申请。" };

describe("what became of rows", () => {
  it("is read from results of rows and of requests alike", () => {
    const rows = {
      items: [
        { id: "a", state: "approved", refusal: null },
        { id: "b", state: "pending", refusal: OWN },
      ],
      done: 1,
    };
    expect(outcomesOf(rows, ["a", "b"])).toEqual([
      { id: "a", state: "approved", reasons: [] },
      { id: "b", state: "pending", reasons: [OWN.message] },
    ]);
    const requests = { items: [{ subject_id: "a", request_id: null, state: null, refusals: [CLOSED, OWN] }], done: 0 };
    expect(outcomesOf(requests, ["a"])[0]?.reasons).toEqual([CLOSED.message, OWN.message]);
    const resits = { results: [{ resit_of: "a", registration_id: null, state: null, refusals: [CLOSED] }] };
    expect(outcomesOf(resits, ["a"])[0]?.reasons).toEqual([CLOSED.message]);
  });

  it("is read from results of selections, whichever id was sent", () => {
    const answer = { results: [{ course_id: "c", selection_id: "s", state: "pending_payment", refusals: [] }] };
    expect(outcomesOf(answer, ["c"])).toEqual([{ id: "c", state: "pending_payment", reasons: [] }]);
    const clash = { results: [{ course_id: "c", refusals: [], warnings: [CLOSED] }] };
    expect(outcomesOf(clash, ["c"])[0]).toMatchObject({ reasons: [], warnings: [CLOSED.message] });
    const refused = { results: [{ selection_id: "s", withdrawal_id: null, refusals: [CLOSED] }] };
    expect(outcomesOf(refused, ["s"])[0]?.reasons).toEqual([CLOSED.message]);
  });

  it("is that all were done where the answer tells of none", () => {
    expect(done(outcomesOf({}, ["a", "b"]))).toHaveLength(2);
  });

  it("groups the others by reason, the commonest first", () => {
    const outcomes = outcomesOf(
      { items: ["a", "b", "c"].map((id) => ({ id, state: null, refusal: id === "a" ? OWN : CLOSED })) },
      ["a", "b", "c"],
    );
    expect(reasonsIn(outcomes)).toEqual([
      { sentence: CLOSED.message, count: 2 },
      { sentence: OWN.message, count: 1 },
    ]);
    expect(refused(outcomes)).toHaveLength(3);
  });
});

describe("many ids", () => {
  it("go in parts that one request may have", () => {
    expect(parts(["a", "b", "c"], 2)).toEqual([["a", "b"], ["c"]]);
    expect(parts([], 2)).toEqual([]);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { leave, shown, text } from "@/kit/testing";
import StudentRecord from "./StudentRecord.vue";

const CANCELLED = { state: "admission_cancelled", student_number: "263201090200001", recorded_at: null, refusal: null };
const RECORDED = { ...CANCELLED, recorded_at: "2026-09-01T08:00:00+08:00" };
const REFUSED = { ...CANCELLED, refusal: { code: "id_number_taken", message: "该证件号码已有学籍。" } };

afterEach(leave);

describe("what became of a cancelled admission", () => {
  it.each([
    ["of which the registry has made no record", { ...CANCELLED, studying: true }, false],
    ["of which no record could be made", { ...REFUSED, studying: false }, false],
    ["of which the record has not ended yet", { ...RECORDED, studying: true }, false],
    ["of which the record is over", { ...RECORDED, studying: false }, true],
  ])("tells of an end of the record only where there was one: %s", async (_, row, isOver) => {
    const page = text(await shown(StudentRecord, { row }));
    expect(page).toContain("已取消入学资格，学号不再使用。");
    expect(page.includes("随之终止")).toBe(isOver);
  });
});

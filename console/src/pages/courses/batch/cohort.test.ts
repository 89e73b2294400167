import { describe, expect, it } from "vitest";
import { cohortFields, defaultsOf, missingIn, NAMES } from "./cohort";

describe("a cohort", () => {
  it("is the intake and the five elements of the contract", () => {
    expect(cohortFields().map(({ name }) => name)).toEqual([...NAMES]);
  });

  it("begins with what the contract says", () => {
    expect(defaultsOf(cohortFields())).toEqual({ student_type: "开放教育", student_source: "开放教育" });
  });

  it("tells what is missing by its label", () => {
    const given = { ...defaultsOf(cohortFields()), intake: "202609", level: "bachelor" };
    expect(missingIn(cohortFields(), given)).toEqual(["专业代码", "学制"]);
  });
});

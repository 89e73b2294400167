import { describe, expect, it } from "vitest";
import { cohortFields, filledUp, missingIn, NAMES } from "./cohort";

describe("a cohort", () => {
  it("is the intake and the five elements of the contract", () => {
    expect(cohortFields().map(({ name }) => name)).toEqual([...NAMES]);
  });

  it("is filled up where programmes leave no choice, each step with what the one before filled", () => {
    const options = (name: string, given: Record<string, unknown>): [string, string][] | undefined => {
      if (name === "level") return [["bachelor", "高起本"]];
      if (name === "schooling_length") return given.level ? [["5", "5"]] : undefined;
      return name === "major_code"
        ? [
            ["080901", "计算机"],
            ["120203", "会计"],
          ]
        : undefined;
    };
    expect(filledUp({ intake: "202609" }, options)).toEqual({
      intake: "202609",
      level: "bachelor",
      schooling_length: "5",
    });
  });

  it("tells what is missing by its label", () => {
    const given = { intake: "202609", level: "bachelor", student_type: "开放教育", student_source: "开放教育" };
    expect(missingIn(cohortFields(), given)).toEqual(["专业代码", "学制"]);
  });
});

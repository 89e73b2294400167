import { describe, expect, it } from "vitest";
import { narrowed, optionsOf, type Programme } from "./narrow";

const programme = (changes: Partial<Programme>): Programme => ({
  level: "top_up_bachelor",
  student_type: "开放教育",
  student_source: "开放教育",
  major_code: "080901",
  major_name: "计算机科学与技术",
  schooling_length: "2.5",
  from_intake: "202603",
  until_intake: null,
  ...changes,
});
const PROGRAMMES = [
  programme({}),
  programme({ level: "junior_college", major_code: "530302", major_name: "大数据与会计" }),
  programme({ major_code: "120203", major_name: "会计学", from_intake: "202403", until_intake: "202509" }),
];

describe("the five elements", () => {
  it("offer what programmes have beside what was chosen", () => {
    const majors = (chosen: Record<string, string>) =>
      optionsOf("major_code", chosen, PROGRAMMES).map(([code]) => code);
    expect(majors({})).toEqual(["080901", "120203", "530302"]);
    expect(majors({ level: "top_up_bachelor" })).toEqual(["080901", "120203"]);
    expect(majors({ level: "top_up_bachelor", intake: "202609" })).toEqual(["080901"]);
  });

  it("still offer others in place of the one that was chosen", () => {
    expect(optionsOf("major_code", { major_code: "080901" }, PROGRAMMES)).toHaveLength(3);
  });

  it("call majors by code and name", () => {
    expect(optionsOf("major_code", { level: "junior_college" }, PROGRAMMES)).toEqual([
      ["530302", "530302 大数据与会计"],
    ]);
  });

  it("give up what does not go with what was chosen last", () => {
    const chosen = { level: "junior_college", major_code: "080901", status: "active" };
    expect(narrowed(chosen, "level", PROGRAMMES)).toEqual({ level: "junior_college", status: "active" });
    expect(narrowed(chosen, "major_code", PROGRAMMES)).toEqual({ major_code: "080901", status: "active" });
  });

  it("are left alone by other filters", () => {
    const chosen = { level: "junior_college", major_code: "080901" };
    expect(narrowed(chosen, "status", PROGRAMMES)).toBe(chosen);
  });
});

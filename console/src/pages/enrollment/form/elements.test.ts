import { describe, expect, it } from "vitest";
import { following, left, optionsOf, pickedIn, type Choices } from "./elements";

const of = (...counts: [string, number][]) => counts.map(([value, count]) => ({ value, name: null, count }));
const BEFORE: Choices = {
  level: of(["junior_college", 1], ["top_up_bachelor", 2]),
  student_type: of(["开放教育", 3]),
  student_source: of(["开放教育", 3]),
  major_code: [
    { value: "080901", name: "计算机科学与技术", count: 2 },
    { value: "120203K", name: "会计学", count: 1 },
  ],
  schooling_length: of(["2.5", 3]),
  programme_id: null,
};

describe("the five elements", () => {
  it("are offered in words, majors by code and name, with counts where there are several", () => {
    expect(optionsOf("level", BEFORE)).toEqual([
      ["junior_college", "高起专（1）"],
      ["top_up_bachelor", "专升本（2）"],
    ]);
    expect(optionsOf("major_code", BEFORE)[0]).toEqual(["080901", "080901 计算机科学与技术（2）"]);
    expect(optionsOf("schooling_length", BEFORE)).toEqual([["2.5", "2.5"]]);
  });

  it("are what alone is left, and nothing as long as several are", () => {
    expect(following(BEFORE, {})).toEqual({
      level: "",
      student_type: "开放教育",
      student_source: "开放教育",
      major_code: "",
      schooling_length: "2.5",
    });
  });

  it("stay what somebody picked as long as that is offered", () => {
    expect(following(BEFORE, { level: "junior_college" })).not.toHaveProperty("level");
    expect(following(BEFORE, { level: "bachelor" })).toHaveProperty("level", "");
  });

  it("are picked where they are other than what followed", () => {
    const follows = following(BEFORE, {});
    expect(pickedIn({ ...follows, level: "junior_college", name: "张晓明" }, follows)).toEqual({
      level: "junior_college",
    });
    expect(pickedIn({ level: "junior_college", schooling_length: "2.5" }, {})).toEqual({
      level: "junior_college",
      schooling_length: "2.5",
    });
  });

  it("leave so many programmes", () => {
    expect(left(BEFORE, {})).toBe(3);
    expect(left({ ...BEFORE, student_type: of(["开放教育", 1]) }, { level: "junior_college" })).toBe(1);
  });
});

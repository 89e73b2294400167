import { describe, expect, it } from "vitest";
import { coursesOf } from "./programme";

const course = (id: string, code: string, suggested_term: number) => ({
  course_id: id,
  course_code: code,
  course_name: `课程${id}`,
  credits: "4.0",
  suggested_term,
  compulsory: true,
  degree_only: false,
});
const programme = {
  modules: [
    { id: "m", name: "公共课", minimum_credits: "4.0", courses: [course("a", "9001", 2), course("b", "1002", 1)] },
    { id: "n", name: "专业课", minimum_credits: "4.0", courses: [course("c", "1001", 1)] },
  ],
};

describe("the courses of a cohort", () => {
  it("are those of all modules, by term and code", () => {
    expect(coursesOf(programme, new Set()).map(({ code, module }) => [code, module])).toEqual([
      ["1001", "专业课"],
      ["1002", "公共课"],
      ["9001", "公共课"],
    ]);
  });

  it("tell which the round has", () => {
    const offered = coursesOf(programme, new Set(["a"])).filter(({ isOffered }) => isOffered);
    expect(offered.map(({ id }) => id)).toEqual(["a"]);
  });
});

import { describe, expect, it } from "vitest";
import { chosenOf, creditsOf, termsOf, type PlanCourse } from "./plan";

const course = (course_id: string, suggested_term: number, credits: string) =>
  ({ course_id, suggested_term, credits }) as unknown as PlanCourse;
const courses = [course("a", 2, "3.1"), course("b", 1, "0.2"), course("c", 2, "4")];

describe("a plan", () => {
  it("is read term by term", () => {
    expect(termsOf(courses).map(({ number, courses: all }) => [number, all.map((each) => each.course_id)])).toEqual([
      [1, ["b"]],
      [2, ["a", "c"]],
    ]);
  });

  it("adds up the credits of what was chosen", () => {
    const chosen = chosenOf(courses, new Set(["a", "b"]));
    expect(chosen.map(({ course_id }) => course_id)).toEqual(["a", "b"]);
    expect(creditsOf(chosen)).toBe("3.3");
    expect(creditsOf([])).toBe("0");
  });
});

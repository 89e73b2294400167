/** A student's plan: its courses term by term, what can be selected now, and why others can't. */
import type { Answer } from "@/kit/contract";

export type Plan = Answer<"courses.GetPlan">;
export type PlanCourse = Plan["courses"][number];

export interface Term {
  number: number;
  courses: PlanCourse[];
}

/** The plan's courses by the term that they are meant for, in the order of terms. */
export function termsOf(courses: readonly PlanCourse[]): Term[] {
  const terms = new Map<number, PlanCourse[]>();
  for (const course of courses) terms.set(course.suggested_term, [...(terms.get(course.suggested_term) ?? []), course]);
  return [...terms].map(([number, all]) => ({ number, courses: all })).sort((one, other) => one.number - other.number);
}

/** The courses of a set of ids, in the plan's order. */
export const chosenOf = (courses: readonly PlanCourse[], ids: ReadonlySet<string>) =>
  courses.filter(({ course_id }) => ids.has(course_id));

const TENTHS = 10;

/** The credits of some courses: decimals, added without rounding. */
export const creditsOf = (courses: readonly Pick<PlanCourse, "credits">[]): string => {
  const tenths = courses.reduce((sum, { credits }) => sum + Math.round(Number(credits) * TENTHS), 0);
  return String(tenths / TENTHS);
};

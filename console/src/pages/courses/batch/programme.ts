/** The courses of a cohort's programme, as a batch chooses from them. */
import type { Answer } from "@/kit/contract";

type Programme = Pick<Answer<"courses.GetProgramme">, "modules">;

export interface OfferedCourse {
  id: string;
  code: string;
  name: string;
  credits: string;
  module: string;
  suggested_term: number;
  compulsory: boolean;
  degree_only: boolean;
  /** Whether it can be selected in the round that was chosen. */
  isOffered: boolean;
}

/** All courses of a programme, by term and code; which of them a round has. */
export function coursesOf({ modules }: Programme, inRound: ReadonlySet<string>): OfferedCourse[] {
  return modules
    .flatMap(({ name, courses }) =>
      courses.map((course) => ({
        id: course.course_id,
        code: course.course_code,
        name: course.course_name,
        credits: course.credits,
        module: name,
        suggested_term: course.suggested_term,
        compulsory: course.compulsory,
        degree_only: course.degree_only,
        isOffered: inRound.has(course.course_id),
      })),
    )
    .sort((one, other) => one.suggested_term - other.suggested_term || one.code.localeCompare(other.code));
}

/** What a batch did, or would do, with each student and course. */
import type { Answer } from "@/kit/contract";
import { reasonsIn, type Reason } from "@/kit/bulk/outcome";

export type BatchResult = Answer<"courses.SelectCoursesInBatch">;

export interface Pair {
  student: string;
  course: string;
  outcome: "selected" | "skipped" | "refused";
  reasons: string[];
}

const keyOf = (student: string, course: string) => `${student} ${course}`;

/** Whether the answer names every pair that was not selected; of very many it names the first. */
export const isWhole = ({ skipped, refused, skipped_pairs, refused_pairs }: BatchResult) =>
  skipped === skipped_pairs.length && refused === refused_pairs.length;

function leftOut({ skipped_pairs, refused_pairs }: BatchResult): Map<string, Pair> {
  const named = (pairs: BatchResult["skipped_pairs"], outcome: Pair["outcome"]) =>
    pairs.map(({ student_id, course_id, refusals }): [string, Pair] => [
      keyOf(student_id, course_id),
      { student: student_id, course: course_id, outcome, reasons: refusals.map(({ message }) => message) },
    ]);
  return new Map([...named(refused_pairs, "refused"), ...named(skipped_pairs, "skipped")]);
}

/** A row for each student and course; of an answer that does not name all, those that it names. */
export function pairsOf(result: BatchResult, students: readonly string[], courses: readonly string[]): Pair[] {
  const others = leftOut(result);
  if (!isWhole(result)) return [...others.values()];
  return students.flatMap((student) =>
    courses.map(
      (course) => others.get(keyOf(student, course)) ?? { student, course, outcome: "selected" as const, reasons: [] },
    ),
  );
}

/** Why pairs were left out: each sentence with how many it is about, the commonest first. */
export const reasonsOf = (pairs: readonly Pair[]): Reason[] =>
  reasonsIn(pairs.map(({ student, course, reasons }) => ({ id: keyOf(student, course), state: null, reasons })));

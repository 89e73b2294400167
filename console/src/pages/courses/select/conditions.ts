/** The six conditions of a selection, and what else speaks against it: each met or not, with what was found. */
import type { Answer } from "@/kit/contract";
import type { Condition } from "@/kit/detail/declare";

export type PlanCourse = Answer<"courses.GetPlan">["courses"][number];
type Judged = Pick<PlanCourse, "selectable" | "refusals">;

/** As the manual counts them. The codes are those of the rule in the courses service. */
const CONDITIONS: readonly (readonly [title: string, codes: readonly string[]])[] = [
  ["课程已发布", ["course_not_published"]],
  ["有使用中的课程版本", ["course_version_not_in_use"]],
  ["课程考核要求已审核通过", ["assessment_requirement_not_approved", "course_version_not_in_use"]],
  [
    "课程已添加到选课批次，且正处选课期",
    ["course_not_in_round", "selection_round_not_published", "selection_round_not_open", "selection_round_closed"],
  ],
  ["有终考的课程已添加到考试批次，且正处报考期", ["course_not_in_exam_round", "exam_registration_not_open"]],
  ["已设置学分费、考试费收费标准", ["credit_fee_standard_missing", "exam_fee_standard_missing"]],
];
const ROUND = 3;
const KNOWN = new Set(CONDITIONS.flatMap(([, codes]) => codes));
const OF_STUDENT = "学生可以选这门课程";
const NO_ROUND = "目前没有已发布的选课批次。";

/** All conditions of one course. */
export function conditionsOf({ selectable, refusals }: Judged): Condition[] {
  const isUnjudged = !selectable && refusals.length === 0; // by no round, as there is none
  const six = CONDITIONS.map(([title, codes], index): Condition => {
    const facts = refusals.filter(({ code }) => codes.includes(code)).map(({ message }) => message);
    if (isUnjudged && index === ROUND) facts.push(NO_ROUND);
    return { title, met: facts.length === 0, facts };
  });
  const others = refusals.filter(({ code }) => !KNOWN.has(code)).map(({ message }) => message);
  return [...six, { title: OF_STUDENT, met: others.length === 0, facts: others }];
}

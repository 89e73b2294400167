/** How a course is assessed, in one line. */
import { choice, type Answer } from "@/kit/contract";

type Requirement = Answer<"courses.GetCourse">["versions"][number]["requirements"][number];
export type Shares = Pick<Requirement, "coursework_percent" | "final_percent" | "exam_kind">;

/** `形考 50% · 终考 50%（纸考）`, or that there is no final. */
export function shareOf({ coursework_percent, final_percent, exam_kind }: Shares): string {
  if (final_percent === 0) return `形考 ${coursework_percent}% · 无终考`;
  const kind = exam_kind ? `（${choice("ExamKind", exam_kind)}）` : "";
  return `形考 ${coursework_percent}% · 终考 ${final_percent}%${kind}`;
}

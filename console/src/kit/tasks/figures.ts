/** What a task has counted, in words: `已导入 120，被拒 3`. */
import { choice } from "@/kit/contract";
import { NOTHING } from "@/kit/text/show";

const UNDONE = new Set(["refused", "skipped"]); // told after what was done
const isUndone = ([name]: [string, number]) => Number(UNDONE.has(name));

export function shownFigures(figures: Readonly<Record<string, number>> | undefined): string {
  const told = Object.entries(figures ?? {})
    .sort((one, other) => isUndone(one) - isUndone(other))
    .map(([name, count]) => `${choice("TaskView.figures", name)} ${count}`);
  return told.join("，") || NOTHING;
}

/** What a task has counted, in words: `已导入 120，被拒 3`. */
import { choice } from "@/kit/contract";
import { NOTHING } from "@/kit/text/show";

export function shownFigures(figures: Readonly<Record<string, number>> | undefined): string {
  const told = Object.entries(figures ?? {}).map(([name, count]) => `${choice("TaskView.figures", name)} ${count}`);
  return told.join("，") || NOTHING;
}

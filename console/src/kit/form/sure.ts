/** What cannot be undone is asked for once more: what is done, and with which rows. */
import type { BulkAction, CommandAction } from "@/kit/actions";
import { operation, type AnyRow } from "@/kit/contract";
import { ask } from "@/kit/feedback/say";
import { calledBy } from "@/kit/references";

const NAMED = 3; // rows; of more people see how many they are

const about = (names: readonly string[], count: number) => {
  if (count === 1) return names[0] ? `对“${names[0]}”` : "";
  return names.length > 0 ? `对“${names.join("”、“")}”等 ${count} 条记录` : `对 ${count} 条记录`;
};

/** What is asked before something is done with rows; without any it is about nothing that is there already. */
export function sentenceFor(action: CommandAction | BulkAction, rows: readonly AnyRow[]): string {
  const { label, path_params } = operation(action.name);
  const ids = action.kind === "bulk" ? [action.ids] : path_params;
  const names = rows.slice(0, NAMED).map((row) => calledBy(ids, row));
  const whom = rows.length > 0 ? about(names.filter(Boolean), rows.length) : "";
  return `将${whom}办理“${label}”，办理后可能无法恢复。`;
}

/** Whether it is to be done: what is no danger is not asked for. */
export async function isSure(action: CommandAction | BulkAction, rows: readonly AnyRow[]): Promise<boolean> {
  if (!action.danger) return true;
  const { label } = operation(action.name);
  return ask(`确认${label}`, sentenceFor(action, rows), label);
}

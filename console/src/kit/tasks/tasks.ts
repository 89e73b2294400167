/** The user's long jobs: what runs, how far it is, what came of it. Told live; what was missed is read again. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { call, type Answer } from "@/kit/contract";
import { onHint } from "@/api/live";

export type Task = Answer<"gateway.GetTask">;

const OPEN = new Set<Task["state"]>(["waiting", "running", "cancelling"]);
const SHOWN = 20;

/** Whether a task may still change. */
export const isOpen = (task: Pick<Task, "state">) => OPEN.has(task.state);

/** How far a task is: rows where it counts them, else its steps. */
export function progressOf({ figures, steps_done, steps_total }: Pick<Task, "figures" | "steps_done" | "steps_total">) {
  const counts = figures ?? {};
  if (counts.to_export) return { done: counts.exported ?? 0, total: counts.to_export };
  return { done: steps_done, total: steps_total ?? null };
}

export const useTasks = defineStore("tasks", () => {
  const byId = ref(new Map<string, Task>());
  const trayOpen = ref(false);
  const all = computed(() =>
    [...byId.value.values()].sort((one, other) => other.created_at.localeCompare(one.created_at)),
  );
  const running = computed(() => all.value.filter(isOpen).length);

  function keep(task: Task) {
    byId.value = new Map(byId.value).set(task.id, task);
    return task;
  }

  /** Take on a task that was just started, and show the tray. */
  function started(task: Task) {
    keep(task);
    trayOpen.value = true;
  }

  async function look(id: string) {
    return keep(await call("gateway.GetTask", { task_id: id }));
  }

  async function load() {
    const page = await call("gateway.ListAllTasks", { size: SHOWN });
    page.items.forEach(keep);
  }

  async function cancel(id: string) {
    return keep(await call("gateway.CancelTask", { task_id: id }));
  }

  /** A hint says how far it is; what came of it is read once it has ended. */
  function hinted(hint: Pick<Task, "id" | "state"> & Partial<Task>) {
    const known = byId.value.get(hint.id);
    if (known && isOpen(hint)) keep({ ...known, ...hint });
    else void look(hint.id);
  }

  const listen = () => onHint("task", hinted);
  return { all, byId, running, trayOpen, keep, started, look, load, cancel, listen };
});

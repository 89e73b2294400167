import { computed, onUnmounted, watch, type Ref } from "vue";
import { isOpen, useTasks, type Task } from "./tasks";

const EVERY = 3000; // milliseconds: only in case that the live messages do not come

/** A task as it now is, followed until it has ended. */
export function useTask(id: Readonly<Ref<string | null>>) {
  const tasks = useTasks();
  const task = computed<Task | undefined>(() => (id.value ? tasks.byId.get(id.value) : undefined));
  let clock: ReturnType<typeof setInterval> | undefined;

  function follow(now: string | null) {
    clearInterval(clock);
    if (!now) return;
    clock = setInterval(() => {
      if (task.value && !isOpen(task.value)) clearInterval(clock);
      else void tasks.look(now).catch(() => undefined); // the next look may succeed
    }, EVERY);
  }
  watch(id, follow, { immediate: true });
  onUnmounted(() => clearInterval(clock));
  return task;
}

/** A service that is away is asked again and again, so that its pages are open as soon as it is back. */
import { onUnmounted, watch } from "vue";
import { answered, useAway } from "@/api/away";
import { operation, type Name } from "@/kit/contract";
import { callAny } from "@/kit/untyped";

const LEAST = 5; // seconds between two times

/** Ask by the first list of each service among the pages that the person may open. */
export function useReturn(pages: () => readonly Name[]): void {
  const away = useAway();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  function listOf(service: string): Name | undefined {
    return pages().find((name) => {
      const { service: own, page, path_params } = operation(name);
      return own === service && page !== null && path_params.length === 0;
    });
  }

  async function ask(service: string): Promise<void> {
    const list = listOf(service);
    // Of whom nothing can be asked, the next page that somebody opens finds out.
    if (!list) answered(service);
    else await callAny(list, { size: 1 }).catch(() => undefined);
    timers.delete(service);
    wait();
  }

  function wait(): void {
    for (const [service, seconds] of away.value)
      if (!timers.has(service))
        timers.set(
          service,
          setTimeout(() => void ask(service), Math.max(seconds, LEAST) * 1000),
        );
  }

  watch(away, wait, { immediate: true });
  onUnmounted(() => {
    timers.forEach(clearTimeout);
    timers.clear();
  });
}

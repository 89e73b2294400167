import { onMounted, onUnmounted, ref, type Ref } from "vue";

const EVERY = 5 * 60 * 1000; // milliseconds

async function served(): Promise<string | undefined> {
  try {
    const answer = await fetch("/console.json", { cache: "no-store" });
    return answer.ok ? ((await answer.json()) as { version?: string }).version : undefined;
  } catch {
    return undefined; // no network: nothing is known, and the offline bar says so
  }
}

/** Whether the server has another console than this page was loaded with. Looked at when people come back, too. */
export function useNewerVersion(): Ref<boolean> {
  const newer = ref(false);
  const mine = document.querySelector<HTMLMetaElement>("meta[name=version]")?.content;
  let clock: ReturnType<typeof setInterval>;

  async function look() {
    if (document.hidden || newer.value) return;
    const version = await served();
    newer.value = mine !== undefined && version !== undefined && version !== mine;
  }
  onMounted(() => {
    void look();
    clock = setInterval(() => void look(), EVERY);
    document.addEventListener("visibilitychange", look);
  });
  onUnmounted(() => {
    clearInterval(clock);
    document.removeEventListener("visibilitychange", look);
  });
  return newer;
}

import { onMounted, onUnmounted, ref, type Ref } from "vue";
import { isOutdated } from "@/api/version";

const EVERY = 5 * 60 * 1000; // milliseconds

/** Whether the server has a newer console than this page. Looked at when people come back, too. */
export function useNewerVersion(): Ref<boolean> {
  const newer = ref(false);
  let clock: ReturnType<typeof setInterval>;

  async function look() {
    if (!document.hidden && !newer.value) newer.value = await isOutdated();
  }
  const listener = () => void look();
  onMounted(() => {
    listener();
    clock = setInterval(listener, EVERY);
    document.addEventListener("visibilitychange", listener);
  });
  onUnmounted(() => {
    clearInterval(clock);
    document.removeEventListener("visibilitychange", listener);
  });
  return newer;
}

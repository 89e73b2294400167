import { onMounted, onUnmounted, ref, type Ref } from "vue";

/** Whether the browser has a network. */
export function useOnline(): Ref<boolean> {
  const online = ref(navigator.onLine);
  const look = () => (online.value = navigator.onLine);
  onMounted(() => ["online", "offline"].forEach((event) => window.addEventListener(event, look)));
  onUnmounted(() => ["online", "offline"].forEach((event) => window.removeEventListener(event, look)));
  return online;
}

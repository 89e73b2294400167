/** Whoever leaves with something entered and not sent is asked. */
import { onMounted, onUnmounted } from "vue";
import { onBeforeRouteLeave } from "vue-router";
import { askToGo } from "@/kit/feedback/say";

/** Ask whether what was entered may go. */
export const mayGo = () => askToGo("尚未提交", "已填写的内容尚未提交，离开后将丢失。", "继续填写", "离开");

/** Ask before the page is left while `isUnsent`, whether by a link, the back button or closing the window. */
export function useLeaving(isUnsent: () => boolean): void {
  const onUnload = (event: BeforeUnloadEvent) => {
    if (isUnsent()) event.preventDefault();
  };
  onMounted(() => window.addEventListener("beforeunload", onUnload));
  onUnmounted(() => window.removeEventListener("beforeunload", onUnload));
  onBeforeRouteLeave(async () => !isUnsent() || (await mayGo()));
}

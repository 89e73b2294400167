/** What the page is about, in the window's title and at the end of the breadcrumbs. */
import { onUnmounted, ref, watchEffect, type Ref } from "vue";

const SYSTEM = "教务平台";
const subject: Ref<string> = ref("");

/** The present page's own words, as `缴费单 JF202609000001`; empty for those that are called as their route. */
export const usePageSubject = (): Readonly<Ref<string>> => subject;

/** Say what the page is about for as long as it is there. */
export function tellSubject(text: () => string): void {
  watchEffect(() => (subject.value = text()));
  onUnmounted(() => (subject.value = ""));
}

/** Keep the window's title. */
export const titled = (text: string) => (document.title = text ? `${text} · ${SYSTEM}` : SYSTEM);

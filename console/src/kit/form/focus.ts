import { nextTick } from "vue";

/** Lead to the first field of a form that something is wrong with, once it is shown there. */
export async function focusWrong(form: HTMLElement | null | undefined): Promise<void> {
  await nextTick();
  form?.querySelector("[data-wrong]")?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
}

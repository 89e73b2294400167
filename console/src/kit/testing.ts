/** What tests have in place of a page: a component, shown by itself. */
import { VueQueryPlugin } from "@tanstack/vue-query";
import { createPinia, setActivePinia } from "pinia";
import { createApp, nextTick, type App, type Component } from "vue";
import { asking } from "@/asking";
import { createMemoryHistory, createRouter } from "vue-router";

let apps: App[] = [];

/** Show a component. It hears what a page would hear by props as `onDone`. */
export async function shown(component: Component, props: Record<string, unknown> = {}): Promise<HTMLElement> {
  const root = document.body.appendChild(document.createElement("div"));
  const pinia = createPinia();
  setActivePinia(pinia);
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: "/:any(.*)*", component: { render: () => null } }],
  });
  const app = createApp(component, props).use(pinia).use(VueQueryPlugin, asking).use(router);
  apps.push(app);
  app.mount(root);
  await nextTick();
  return root;
}

/** Take everything away again that was shown. */
export function leave(): void {
  apps.forEach((app) => app.unmount());
  apps = [];
  document.body.replaceChildren();
}

/** The button, wherever it is, that is called so. */
export function button(name: string): HTMLButtonElement {
  const called = (each: Element) => each.getAttribute("aria-label") ?? each.textContent?.trim();
  const found = [...document.querySelectorAll("button")].find((each) => called(each) === name);
  if (!found) throw new Error(`no button is called ${name}`);
  return found;
}

/** What can be read of an element, or of everything, in one line. */
export const text = (element: Element = document.body) => (element.textContent ?? "").replace(/\s+/g, " ").trim();

/** Enter a text into a field. */
export function enter(field: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

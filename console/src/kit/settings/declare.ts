import { defineComponent, h, type Component } from "vue";
import SettingsPage from "./SettingsPage.vue";
import type { WithSettings } from "./values";

/** The page of a service's settings. */
export function settingsPage(service: WithSettings): Component {
  return defineComponent({ name: `settings ${service}`, setup: () => () => h(SettingsPage, { service }) });
}

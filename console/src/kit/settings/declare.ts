import { defineComponent, h, type Component } from "vue";
import SettingsPage from "./SettingsPage.vue";

/** The page of a service's settings. */
export function settingsPage(service: "identity" | "finance"): Component {
  return defineComponent({ name: `settings ${service}`, setup: () => () => h(SettingsPage, { service }) });
}

import { VueQueryPlugin } from "@tanstack/vue-query";
import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "@/App.vue";
import { asking } from "@/asking";
import { router } from "@/router";
import "@/styles/base.css";

createApp(App).use(createPinia()).use(VueQueryPlugin, asking).use(router).mount("#app");

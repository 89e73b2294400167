import { VueQueryPlugin, type VueQueryPluginOptions } from "@tanstack/vue-query";
import { createPinia } from "pinia";
import { createApp } from "vue";
import { Problem } from "@/api/problem";
import App from "@/App.vue";
import { router } from "@/router";
import "@/styles/base.css";

const asking: VueQueryPluginOptions = {
  queryClientConfig: {
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, reason) => failures < 2 && reason instanceof Problem && reason.passes,
      },
    },
  },
};

createApp(App).use(createPinia()).use(VueQueryPlugin, asking).use(router).mount("#app");

import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import Components from "unplugin-vue-components/vite";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import { defineConfig } from "vitest/config";
import { compressed } from "./build/compressed.ts";
import { versioned } from "./build/versioned.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [
    vue(),
    // Element Plus comes component by component, each with its own styles.
    Components({
      dirs: [],
      dts: "generated/components.d.ts",
      resolvers: [ElementPlusResolver({ importStyle: "css" })],
    }),
    versioned(),
    compressed(),
  ],
  resolve: { alias: { "@": here("./src"), generated: here("./generated") } },
  build: {
    target: ["chrome109", "firefox115"],
    manifest: true, // by which a test sees what a page needs
    assetsInlineLimit: 0, // the policy of the pages allows no more than it must
    modulePreload: { polyfill: false },
    reportCompressedSize: false, // `compressed` does
    rolldownOptions: {
      output: {
        // By names of their own: the check of what is built knows what they ask before they use, or call alike.
        advancedChunks: {
          groups: [
            { name: "framework", test: /node_modules\/(@vue|vue)\// },
            { name: "charts", test: /node_modules\/(echarts|zrender)\// },
          ],
        },
      },
    },
  },
  worker: { format: "es" },
  server: {
    fs: { allow: [here("."), here("../gateway/static")] },
    // The running system, whose address `./jiaowu console` knows.
    proxy: { "/api": { target: process.env.JIAOWU_CONSOLE_API ?? "http://127.0.0.1:8000" } },
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "https://school.example/" } },
    include: ["src/**/*.test.ts", "build/**/*.test.ts"],
    server: { deps: { inline: ["element-plus"] } }, // whose styles Node can't read
  },
});

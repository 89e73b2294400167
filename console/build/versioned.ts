import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/**
 * The version of a build follows from the names of its files, which follow from their content. It stands in the page
 * and in console.json, so that a page which is open for days sees that there is a newer one.
 */
export function versioned(): Plugin {
  let version = "";
  return {
    name: "versioned",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle }) {
        const names = Object.keys(bundle ?? {}).sort();
        version = createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 16);
        return [{ tag: "meta", attrs: { name: "version", content: version }, injectTo: "head" }];
      },
    },
    generateBundle: {
      order: "post",
      handler() {
        this.emitFile({ type: "asset", fileName: "console.json", source: JSON.stringify({ version }) });
      },
    },
  };
}

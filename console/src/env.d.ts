/// <reference types="vite/client" />

// What TypeScript would make of the file itself takes it long, and says less.
declare module "generated/operations.json" {
  const operations: Record<string, import("@/api/operations").Operation>;
  export default operations;
}

import { Problem } from "./problem";

/**
 * Do the work that a refusal asks for, beside the page, which stays quick meanwhile.
 *
 * Raises a Problem where the browser can't: pages that came without https have no means for it.
 */
export function work(challenge: unknown): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new Problem("work_impossible", "需要先完成安全验证，请使用 https 地址访问本页后再试。");
  }
  const worker = new Worker(new URL("./work.worker.ts", import.meta.url), { type: "module" });
  return new Promise<string>((resolve, reject) => {
    worker.addEventListener("message", (event: MessageEvent<string>) => resolve(event.data));
    worker.addEventListener("error", () => reject(new Problem("work_failed", "验证计算未能完成，请重试。")));
    worker.postMessage(challenge);
  }).finally(() => worker.terminate());
}

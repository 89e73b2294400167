/**
 * The key under which something is sent. It belongs to what is sent, and is kept until an answer came: so whoever sends
 * it again, because the answer was lost or the page was loaded anew, has it done once. Kept with the tab, and of what
 * was sent only a digest: no person's data.
 */
import { newKey } from "@/api/keys";
import type { Problem } from "@/api/problem";
import { without } from "@/kit/objects";
import { remembered } from "@/kit/remembered";

const FIRST = 0xdeadbeef;
const SECOND = 0x41c6ce57;

/** A short digest (cyrb53): not against anybody, only to tell one form's content from another's. */
export function digest(text: string): string {
  let [one, two] = [FIRST, SECOND];
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return (4294967296 * (2097151 & two) + (one >>> 0)).toString(36);
}

type Keys = Record<string, string>;
const kept = remembered<Keys>("keys", () => sessionStorage);

const placeOf = (name: string, request: unknown) => `${name}.${digest(JSON.stringify(request))}`;

/** The key of what is sent: the same for the same until it is settled. */
export function keyFor(name: string, request: unknown): string {
  const place = placeOf(name, request);
  const keys = kept.read() ?? {};
  const key = keys[place] ?? newKey();
  kept.write({ ...keys, [place]: key });
  return key;
}

/** It was carried out, or refused for what it says: the same sent again is meant anew. */
export function settled(name: string, request: unknown): void {
  kept.write(without(kept.read() ?? {}, placeOf(name, request)));
}

const UNKNOWN = new Set([0, 401, 408, 425, 428, 429]);

/** Whether a failure leaves open what became of what was sent. */
export const leavesOpen = ({ status, code }: Problem) =>
  UNKNOWN.has(status) || status >= 500 || code === "command_in_progress";

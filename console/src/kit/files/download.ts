/** Files of the API on the user's disk, or shown. They need the token, so no link leads to them. */
import { bytesOf } from "@/api/client";
import type { Asked, Name } from "@/kit/contract";

const NAME = /filename\*=UTF-8''([^;]+)/;

/** The name that the server gives a file. */
export function nameIn(disposition: string | null): string {
  const found = NAME.exec(disposition ?? "");
  return found?.[1] ? decodeURIComponent(found[1]) : "download";
}

/** Put bytes onto the disk under a name. */
export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  // Some browsers read it only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Fetch a file, and keep it on the disk. */
export async function download<N extends Name>(name: N, asked: Asked<N>): Promise<void> {
  const answer = await bytesOf(name, asked);
  save(await answer.blob(), nameIn(answer.headers.get("Content-Disposition")));
}

/** Fetch a file to show it. Whoever shows it revokes the address. */
export async function fetched<N extends Name>(name: N, asked: Asked<N>): Promise<{ blob: Blob; name: string }> {
  const answer = await bytesOf(name, asked);
  return { blob: await answer.blob(), name: nameIn(answer.headers.get("Content-Disposition")) };
}

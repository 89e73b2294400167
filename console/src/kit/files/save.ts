/** Files on the user's disk. Those of the API need the token, so no link leads to them. */
import { download } from "@/api/client";
import type { AnyRequest, Name } from "@/kit/contract";

const LATER = 60_000; // milliseconds: some browsers read a file only after its click has been handled

/** Put bytes onto the disk under a name. */
export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), LATER);
}

/** Fetch a file of the API, and keep it on the disk. Raises a Problem. */
export async function saveFrom(name: Name, asked: AnyRequest): Promise<void> {
  const file = await download(name, asked as never);
  save(file.content, file.name);
}

/** A key under which a command is carried out once, however often it is sent. */
export function newKey(): string {
  // Not randomUUID, which pages that came without https don't have.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

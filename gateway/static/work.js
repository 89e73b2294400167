// The work that a refusal with `work_required` asks for: ALTCHA's proof of work v2. The number is looked for from which
// PBKDF2 derives a key that begins as the challenge says.

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

// What is sent as `work` with the same request.
export async function solved(challenge) {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const seed = bytes(nonce);
  const password = new Uint8Array(seed.length + 4);
  password.set(seed);
  const counterAt = new DataView(password.buffer, seed.length);
  for (let counter = 0; ; counter += 1) {
    counterAt.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
    const derived = hex(await crypto.subtle.deriveBits(how, key, 8 * keyLength));
    if (derived.startsWith(keyPrefix)) {
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey: derived } }));
    }
  }
}

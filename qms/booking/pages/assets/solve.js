/** Solves the task that keeps robots away: tries keys until the derived one begins as asked. */

/** @typedef {{ nonce: string, salt: string, cost: number, keyLength: number, keyPrefix: string }} Parameters */
/** @typedef {{ parameters: Parameters, signature: string }} Task */

const COUNTER_BYTES = 4;

/** @param {string} hex */
function bytes(hex) {
  return Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
}

/** @param {ArrayBuffer} buffer */
function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The solution as the server reads it. Rejects where the browser has no cryptography, as on a plain HTTP page.
 *
 * @param {Task} task
 * @returns {Promise<string>}
 */
export async function solve(task) {
  const { nonce, salt, cost, keyLength, keyPrefix } = task.parameters;
  const start = bytes(nonce);
  const password = new Uint8Array(start.length + COUNTER_BYTES);
  const view = new DataView(password.buffer);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  password.set(start);
  for (let counter = 0; ; counter += 1) {
    view.setUint32(start.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(how, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) {
      return btoa(JSON.stringify({ challenge: task, solution: { counter, derivedKey } }));
    }
  }
}

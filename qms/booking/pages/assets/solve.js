/** Solves the task that keeps robots away: tries keys until the derived one begins as asked. */

/** @typedef {{ nonce: string, salt: string, cost: number, keyLength: number, keyPrefix: string }} Parameters */
/** @typedef {{ parameters: Parameters, signature: string }} Task */

const COUNTER_BYTES = 4;
/** So many keys are tried at once, for the way to the cryptography and back takes longer than the work. */
const AT_ONCE = 16;

/** @param {string} hex */
function bytes(hex) {
  return Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
}

/** @param {ArrayBuffer} buffer */
function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The key that a counter leads to.
 *
 * @param {Parameters} task
 * @param {number} counter
 */
async function derived(task, counter) {
  const start = bytes(task.nonce);
  const password = new Uint8Array(start.length + COUNTER_BYTES);
  password.set(start);
  new DataView(password.buffer).setUint32(start.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(task.salt), iterations: task.cost };
  return hex(await crypto.subtle.deriveBits(how, key, task.keyLength * 8));
}

/**
 * The solution as the server reads it. Rejects where the browser has no cryptography, as on a plain HTTP page.
 *
 * @param {Task} task
 * @returns {Promise<string>}
 */
export async function solve(task) {
  for (let first = 0; ; first += AT_ONCE) {
    const tried = Array.from({ length: AT_ONCE }, (_, n) => derived(task.parameters, first + n));
    const keys = await Promise.all(tried);
    const hit = keys.findIndex((key) => key.startsWith(task.parameters.keyPrefix));
    if (hit >= 0) {
      return btoa(JSON.stringify({ challenge: task, solution: { counter: first + hit, derivedKey: keys[hit] } }));
    }
  }
}

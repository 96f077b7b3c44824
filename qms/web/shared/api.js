/**
 * Talking to the server: JSON in, JSON out, and no intent carried out twice.
 *
 * Every command bears an idempotency key made here. A try without an answer is made again under the same key,
 * so the server does it once however often it hears of it.
 */

import { BASE } from "./base.js";

/**
 * What came back. `status` 0: no answer, and what became of the command is not known. `code`, `params` and
 * `detail` say why something was refused; `body` is the whole answer, `{}` where there is none.
 *
 * @typedef {object} Answer
 * @property {boolean} ok
 * @property {number} status
 * @property {string} code
 * @property {Record<string, string | number>} params
 * @property {string} detail
 * @property {any} body
 */

/**
 * With a `key` of one's own there is one try, and whoever holds the key may try again under it.
 *
 * @typedef {{key?: string, method?: string, timeout?: number}} Options
 */

export const TIMEOUT_MS = 8000;
/** Pauses before each further try. */
export const PAUSES_MS = [400, 1200, 2400];
/** Presses closer together than this are one press. */
export const PRESS_MS = 1000;
const UNANSWERED = new Set([0, 502, 503, 504]);
const KEY_BYTES = 16;

/** A fresh idempotency key: one for each intent. @returns {string} */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends a command; never throws.
 *
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 * @returns {Promise<Answer>}
 */
export async function post(path, body = {}, options = {}) {
  const key = options.key || newKey();
  const method = options.method || "POST";
  const init = {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": key },
    body: method === "DELETE" ? undefined : JSON.stringify(body),
  };
  let answer = await once(path, init, options.timeout);
  for (const pause of options.key ? [] : PAUSES_MS) {
    if (!UNANSWERED.has(answer.status)) break;
    await new Promise((done) => setTimeout(done, pause));
    answer = await once(path, init, options.timeout);
  }
  return answer;
}

/** A read that was refused, or had no answer (`status` 0). */
export class Unread extends Error {
  /** @param {Answer} answer */
  constructor(answer) {
    super(answer.detail || answer.code);
    this.code = answer.code;
    this.params = answer.params;
    this.status = answer.status;
  }
}

/**
 * Reads a document; throws `Unread` where there is none to be had.
 *
 * @param {string} path
 * @param {{timeout?: number}} [options]
 * @returns {Promise<any>}
 */
export async function getJson(path, options = {}) {
  const answer = await once(path, { headers: { Accept: "application/json" } }, options.timeout);
  if (!answer.ok) throw new Unread(answer);
  return answer.body;
}

/**
 * Guards a button: a press while the one before is under way, or within a second of it, is swallowed (`null`).
 *
 * @template {unknown[]} A
 * @template R
 * @param {(...args: A) => Promise<R>} act
 * @param {() => number} [machine] milliseconds that never go back
 * @returns {(...args: A) => Promise<R | null>}
 */
export function guarded(act, machine = () => performance.now()) {
  let pending = false;
  let pressedAt = -Infinity;
  return async (...args) => {
    const now = machine();
    if (pending || now - pressedAt < PRESS_MS) return null;
    pending = true;
    pressedAt = now;
    try {
      return await act(...args);
    } finally {
      pending = false;
    }
  };
}

/** @param {string} path @param {RequestInit} init @param {number} [timeout] @returns {Promise<Answer>} */
async function once(path, init, timeout = TIMEOUT_MS) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  try {
    const response = await fetch(BASE + path, { ...init, signal: abort.signal });
    return answerOf(response.ok, response.status, await bodyOf(response));
  } catch (_) {
    return answerOf(false, 0, { code: "unanswered" });
  } finally {
    clearTimeout(timer);
  }
}

/** The answer's document; `{}` where it is none of ours, such as a proxy's page. @param {Response} response */
async function bodyOf(response) {
  const text = await response.text();
  try {
    return JSON.parse(text || "{}");
  } catch (_) {
    return {};
  }
}

/** @param {boolean} ok @param {number} status @param {any} body @returns {Answer} */
function answerOf(ok, status, body) {
  const { code = "", params = {}, detail = "" } = ok ? {} : body;
  return { ok, status, code: ok ? "" : String(code || "other"), params, detail, body };
}

/** Acts on their way to the server: one idempotency key an intent, and plain answers for whatever comes back. */

import { post } from "../shared/api.js";

/** @typedef {import("../shared/wire.js").DeskAnswer} DeskAnswer */
/** @typedef {{ok: boolean, code: string, fresh?: DeskAnswer}} Outcome */

/** Sends an act. @param {string} path @param {Record<string, unknown>} body @returns {Promise<Outcome>} */
export async function sendAct(path, body) {
  const answer = await post(path, body);
  return { ok: answer.ok, code: answer.code, fresh: answer.ok ? answer.body : answer.body.fresh };
}

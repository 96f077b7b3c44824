/** Taking one number: however often it is tried, the person gets one. */

import { newKey, post } from "../shared/api.js";

/** @typedef {import("../shared/i18n.js").Estimate} Estimate */
/** @typedef {{id: string, token: string, number: string, service: string, issued_at: string, ahead: number, estimate?: Estimate, url: string, offline?: boolean, paper?: "printed" | "none" | "failed"}} Ticket */

/**
 * What came of it: a ticket; a refusal with its code; this kiosk may not; or no answer, and the outcome unknown.
 *
 * @typedef {{ticket: Ticket} | {refused: string, params: Record<string, string>} | {unpaired: true} | {unanswered: true}} Outcome
 */

const PAUSES_MS = [400, 1200, 2400];

/** One wish for a number. Its key is made once, so that a second try over a bad line is the same wish. */
export class Taking {
  /**
   * @param {string} path below /api/v1
   * @param {Record<string, string | number | boolean>} order
   */
  constructor(path, order) {
    this.path = `/api/v1/${path}`;
    this.order = order;
    this.key = newKey();
    /** @type {Promise<Outcome> | null} */
    this.pending = null;
  }

  /**
   * Asks for the number; a second press while an answer is awaited joins the first.
   *
   * @param {() => void} retrying told before each further try
   * @returns {Promise<Outcome>}
   */
  send(retrying) {
    if (!this.pending) {
      this.pending = this._try(retrying).finally(() => {
        this.pending = null;
      });
    }
    return this.pending;
  }

  /** @param {() => void} retrying @returns {Promise<Outcome>} */
  async _try(retrying) {
    let outcome = await this._once();
    for (const pause of PAUSES_MS) {
      if (!("unanswered" in outcome)) break;
      retrying();
      await new Promise((done) => setTimeout(done, pause));
      outcome = await this._once();
    }
    return outcome;
  }

  /** @returns {Promise<Outcome>} */
  async _once() {
    const answer = await post(this.path, this.order, { key: this.key });
    if (answer.ok) return { ticket: /** @type {Ticket} */ (answer.body) };
    if (answer.status === 0 || answer.status >= 500) return { unanswered: true };
    if (answer.status === 401 || answer.status === 403) return { unpaired: true };
    return { refused: String(answer.body.code || "other"), params: answer.body.params || {} };
  }
}

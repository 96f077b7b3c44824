/** The small program beside a kiosk: it has the printer, and numbers for when the line is cut. A plain server has none. */

import { BASE } from "../shared/base.js";
import { getJson, post } from "../shared/api.js";

/** @typedef {"ok" | "paper_low" | "paper_out" | "cover_open" | "no_answer"} PrinterState */
/** @typedef {"paper_out" | "cover_open" | "no_answer"} Trouble with these nothing can be printed */

/**
 * What the program says of itself; `agent` false: there is none. `closed`: why it gives no number of its own, by service.
 *
 * @typedef {{agent: boolean, printer: PrinterState | "none", online: boolean, unsent: number, numbers: number, groups: Record<string, number>, closed: Record<string, string>}} AgentState
 */

const EACH_MS = 2000;
const SCAN_MS = 4000;
const TROUBLES = new Set(["paper_out", "cover_open", "no_answer"]);
/** @type {AgentState} */
const ABSENT = { agent: false, printer: "none", online: true, unsent: 0, numbers: 0, groups: {}, closed: {} };

/** Asks every two seconds how printer and line are; where there is no such program it asks once. */
export class Agent {
  /** @param {() => void} changed told whenever something is different */
  constructor(changed) {
    this.changed = changed;
    this.state = ABSENT;
  }

  async follow() {
    const state = await this._ask();
    if (state && JSON.stringify(state) !== JSON.stringify(this.state)) {
      this.state = state;
      this.changed();
    }
    if (!state || state.agent) setTimeout(() => this.follow(), EACH_MS);
  }

  /** @returns {Promise<AgentState | null>} null: no answer this time */
  async _ask() {
    try {
      return { ...ABSENT, ...(await getJson("/agent/state")) };
    } catch (problem) {
      return problem instanceof Error && "status" in problem && problem.status === 404 ? ABSENT : null;
    }
  }

  get present() {
    return this.state.agent;
  }

  /** Whether a printer belongs to this kiosk, well or not. */
  get hasPrinter() {
    return this.state.printer !== "none";
  }

  /** @returns {Trouble | null} why nothing can be printed now; paper that runs low still prints */
  get trouble() {
    return TROUBLES.has(this.state.printer) ? /** @type {Trouble} */ (this.state.printer) : null;
  }

  /** The line to the office is cut. */
  get away() {
    return this.present && !this.state.online;
  }

  /** Whether numbers can be given although the line is cut. */
  get provided() {
    return this.state.numbers > 0;
  }

  /** Whether there are numbers left of a group. @param {string} group */
  providedFor(group) {
    return (this.state.groups[group] || 0) > 0;
  }

  /** Why the program gives no number of its own for a service; empty: it does. @param {string} service */
  closedCode(service) {
    return this.state.closed[service] || "";
  }

  /** Prints a ticket once more. @param {string} id @returns {Promise<boolean>} */
  async print(id) {
    const answer = await post("/agent/print", { id });
    return answer.ok && answer.body.paper !== "failed";
  }

  /** What a picture of a code says; empty where there is none in it. @param {Blob} picture JPEG @returns {Promise<string>} */
  async scan(picture) {
    const answer = await this._send("/agent/scan", "image/jpeg", picture);
    return answer ? (await answer.json()).text || "" : "";
  }

  /** A text as sound; null where the program has no voice. @param {string} text @param {string} language @returns {Promise<ArrayBuffer | null>} */
  async speech(text, language) {
    const answer = await this._send("/agent/speech", "application/json", JSON.stringify({ text, language }));
    return answer ? answer.arrayBuffer() : null;
  }

  /** @param {string} path @param {string} type @param {BodyInit} body @returns {Promise<Response | null>} */
  async _send(path, type, body) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), SCAN_MS);
    try {
      const answer = await fetch(BASE + path, { method: "POST", headers: { "Content-Type": type }, body, signal: abort.signal });
      return answer.ok ? answer : null;
    } catch (_) {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}

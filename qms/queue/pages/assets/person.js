/** Who is at the counter, asked for when somebody comes and forgotten when they go: names are in no live view. */

import { getJson } from "../shared/api.js";

/** @typedef {import("./model.js").Ticket} Ticket */
/** @typedef {{name?: string, note?: string, needs?: string[]}} PersonCard */

/** The one person of whom something is known here. */
export class Person {
  /** @param {string} hall @param {() => void} heard told when the answer has come */
  constructor(hall, heard) {
    this.hall = hall;
    this.heard = heard;
    this.ticket = "";
    /** @type {PersonCard} */
    this.card = {};
  }

  /** What is known of a ticket's person so far. @param {Ticket | undefined} ticket @returns {PersonCard} */
  of(ticket) {
    const id = ticket?.known ? ticket.id : "";
    if (id !== this.ticket) {
      this.ticket = id;
      this.card = {};
      if (id) this.ask(id);
    }
    return this.card;
  }

  /** @param {string} id */
  async ask(id) {
    const path = `/api/v1/halls/${encodeURIComponent(this.hall)}/tickets/${id}/person`;
    const card = await getJson(path).catch(() => null);
    if (this.ticket !== id) return;
    if (!card) {
      this.ticket = ""; // asked again when the terminal next draws itself
      return;
    }
    this.card = /** @type {PersonCard} */ (card);
    this.heard();
  }
}

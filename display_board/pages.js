/** A list of which as many rows are shown as fit; the others have their turn. */

import { el, fillWith, say } from "../shared/dom.js";

const TURN_MS = 12000;

/** A heading, the list below it, and beside the heading which of the rows these are. */
export class PagedList extends HTMLElement {
  constructor() {
    super();
    this.heading = el("h2", {});
    this.list = el("ul", { class: "lines", role: "list" });
    this.hint = el("p", { class: "lines-hint" });
    this.page = el("p", { class: "lines-page", hidden: true });
    this.first = 0;
    this.watch = new ResizeObserver(() => this.turnTo(this.first));
  }

  connectedCallback() {
    if (this.firstChild) return;
    this.append(el("div", { class: "lines-head" }, this.heading, this.hint, this.page), this.list);
    this.watch.observe(this);
    setInterval(() => this.turn(), TURN_MS);
  }

  /** @param {string} heading @param {HTMLLIElement[]} rows */
  fill(heading, rows) {
    say(this.heading, heading);
    fillWith(this.list, rows);
    this.turnTo(this.first);
  }

  /** @returns {HTMLElement[]} */
  get rows() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]);
  }

  /** How many rows from the first one on fit. */
  get fitting() {
    this.rows.forEach((one, n) => {
      one.hidden = n < this.first;
    });
    const bottom = this.list.getBoundingClientRect().bottom + 1;
    return Math.max(1, this.rows.slice(this.first).filter((one) => one.getBoundingClientRect().bottom <= bottom).length);
  }

  turn() {
    this.turnTo(this.first + this.fitting);
  }

  /** Shows the rows from this one on, as many as fit; all where all fit. @param {number} first */
  turnTo(first) {
    const { rows } = this;
    this.first = 0;
    if (first < rows.length && this.fitting < rows.length) this.first = first;
    const last = this.first + this.fitting;
    rows.forEach((one, n) => {
      one.hidden = n < this.first || n >= last;
    });
    this.page.hidden = this.first === 0 && last >= rows.length;
    say(this.page, `${this.first + 1}–${Math.min(last, rows.length)} / ${rows.length}`);
  }
}

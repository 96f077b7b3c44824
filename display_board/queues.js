/** The quiet column: how many wait in each line, and how long it takes. */

import { el, fillWith } from "../shared/dom.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").BoardView} BoardView */
/** @typedef {import("../shared/wire.js").GroupQueue} GroupQueue */

/** Lines that do not fit are shown in turn. */
const TURN_MS = 12000;

/** All lines of the halls shown. */
export class HallQueues extends HTMLElement {
  constructor() {
    super();
    this.heading = el("h2", {});
    this.list = el("ul", { class: "queues", role: "list" });
    this.page = el("p", { class: "queues-page", hidden: true });
    this.first = 0;
    this.drawn = "";
    this.watch = new ResizeObserver(() => this.turnTo(this.first));
  }

  connectedCallback() {
    this.append(el("div", { class: "queues-head" }, this.heading, this.page), this.list);
    this.watch.observe(this);
    setInterval(() => this.turn(), TURN_MS);
  }

  /** @param {BoardView} view @param {Words} words */
  show(view, words) {
    const several = Object.keys(view.halls).length > 1;
    const halls = Object.keys(view.halls);
    const lines = Object.values(view.queues).sort((a, b) => halls.indexOf(a.hall) - halls.indexOf(b.hall) || a.order - b.order);
    const drawn = JSON.stringify([lines, view.halls, words.language]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.heading.textContent = words.t("board.queues");
    fillWith(this.list, lines.map((queue) => {
      const hall = view.halls[queue.hall];
      return row(queue, words, several && hall ? words.names(hall.names) : "", hall?.state !== "suspended");
    }));
    this.turnTo(this.first);
  }

  /** How many rows from the first one on fit into the column. */
  get fitting() {
    const rows = /** @type {HTMLElement[]} */ ([...this.list.children]);
    for (const one of rows) one.hidden = rows.indexOf(one) < this.first;
    const bottom = this.list.getBoundingClientRect().bottom + 1;
    return Math.max(1, rows.slice(this.first).filter((one) => one.getBoundingClientRect().bottom <= bottom).length);
  }

  turn() {
    this.turnTo(this.first + this.fitting);
  }

  /** Shows the rows from this one on, as many as fit; all where all fit. @param {number} first */
  turnTo(first) {
    const rows = /** @type {HTMLElement[]} */ ([...this.list.children]);
    this.first = 0;
    if (first < rows.length && this.fitting < rows.length) this.first = first;
    const last = this.first + this.fitting;
    rows.forEach((one, n) => {
      one.hidden = n < this.first || n >= last;
    });
    this.page.hidden = this.first === 0 && last >= rows.length;
    this.page.textContent = `${this.first + 1}–${Math.min(last, rows.length)} / ${rows.length}`;
  }
}

/** @param {GroupQueue} queue @param {Words} words @param {string} hall @param {boolean} going whether waits can be told */
function row(queue, words, hall, going) {
  const people = queue.waiting ? words.tn("common.people", queue.waiting) : words.t("board.nobody_waiting");
  const wait = queue.open ? words.wait(queue.estimate, queue.waiting) : words.t("board.no_counter_open");
  return el("li", { class: "queue" },
    el("span", { class: "queue-letter", "aria-hidden": "true" }, queue.letter),
    el("span", { class: "queue-name" }, words.names(queue.names)),
    hall ? el("span", { class: "queue-hall" }, hall) : null,
    el("span", { class: "queue-facts" },
      el("span", { class: "queue-people" }, people),
      el("span", {}, going ? unbroken(wait) : "")),
  );
}

/** A range breaks after its dash only. @param {string} text */
function unbroken(text) {
  return text.replace(/(?<!–) /g, "\u00a0");
}

customElements.define("hall-queues", HallQueues);

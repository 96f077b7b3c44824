/** The list of recent calls: newest first. */

import { el, fillWith } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { fit } from "./fit.js";
import { LONGEST_LIST, rowsOf } from "./rows.js";
import { arrow, counterWords, wayWords } from "./where.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").BoardView} BoardView */
/** @typedef {import("../shared/wire.js").RecentCall} RecentCall */
/** @typedef {import("../shared/wire.js").Announcement} Announcement */

/** The height of a row in rem, as in the style sheet: rows never move but when a call joins them. */
const ROW_REM = 8.6;

/** The list, or what to say where it is empty. */
export class RecentCalls extends HTMLElement {
  constructor() {
    super();
    /** @type {import("./rows.js").Rows} */
    this.rows = new Map();
    this.heading = el("h2", {});
    this.counterHeading = el("p", {});
    this.list = el("ol", { class: "calls", role: "list" });
    this.watch = new ResizeObserver(() => this.fitAll());
    this.drawn = "";
  }

  connectedCallback() {
    this.append(el("div", { class: "calls-head" }, this.heading, this.counterHeading), this.list);
    this.watch.observe(this);
  }

  /**
   * @param {BoardView} view
   * @param {Announcement[]} pending calls that are not to be listed yet
   * @param {number} now
   * @param {Words} words
   */
  show(view, pending, now, words) {
    this.rows = rowsOf(this.rows, view.recent, pending, now);
    const halls = Object.keys(view.halls).length > 1 ? view.halls : {};
    const drawn = JSON.stringify([[...this.rows], halls, words.language]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.heading.textContent = words.t("board.recent");
    this.counterHeading.textContent = words.t("common.counter");
    fillWith(this.list, [...this.rows].map(([ticket, call]) => {
      const hall = halls[call.hall];
      return row(call, words, hall ? words.names(hall.names) : "", ticket in view.recent);
    }));
    this.fitAll();
  }

  /** As many rows as fit. */
  fitAll() {
    const row = ROW_REM * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const room = Math.max(1, Math.min(LONGEST_LIST, Math.floor(this.list.clientHeight / row)));
    [...this.list.children].forEach((one, n) => {
      /** @type {HTMLElement} */ (one).hidden = n >= room;
    });
    for (const box of this.list.querySelectorAll(".call-number, .call-name")) fit(/** @type {HTMLElement} */ (box));
  }

  /** The day is over. */
  forget() {
    this.rows = new Map();
  }

  get empty() {
    return !this.rows.size;
  }
}

/** @param {RecentCall} call @param {Words} words @param {string} hall @param {boolean} present */
function row(call, words, hall, present) {
  const { label, name } = counterWords(words, call.counter_names, call.counter);
  const called = present && call.state === "called";
  const [direction, place] = wayWords(words, call);
  return el("li", { class: called ? "call is-called" : "call" },
    el("span", { class: "call-number" }, call.number),
    el("span", { class: "call-arrow" }, call.direction ? icon(arrow(call.direction)) : null),
    el("span", { class: label ? "call-name" : "call-name call-name-long" }, label ? el("span", { class: "visually-hidden" }, `${label} `) : null, name),
    el("span", { class: "call-way" },
      called ? el("span", { class: "badge badge-call" }, words.t("board.sign_called")) : null,
      el("span", { class: place ? "visually-hidden" : "" }, direction),
      el("span", { class: "call-place" }, place),
      el("span", { class: "call-place" }, hall)),
  );
}

customElements.define("recent-calls", RecentCalls);

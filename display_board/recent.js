/** The list of recent calls: newest first. */

import { el, fillWith } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { fit } from "./fit.js";
import { rowsOf } from "./rows.js";
import { takenBack } from "./undone.js";
import { arrow, counterWords, wayWords } from "./where.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").BoardView} BoardView */
/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("../shared/wire.js").Announcement} Announcement */

/** The height of a row in rem: never so large that a few look lost, never so small that nobody can read them. */
const LARGEST_ROW = 8.6;
const SMALLEST_ROW = 4.4;
/** With the hall's name beside the way; and in a narrow list, where both stand below the counter. */
const SMALLEST_HALLS = 6.6;
const SMALLEST_NARROW = 6.4;
const SMALLEST_NARROW_HALLS = 8.6;

/** The list, or what to say where it is empty. */
export class RecentCalls extends HTMLElement {
  constructor() {
    super();
    /** @type {import("./rows.js").Rows} */
    this.rows = new Map();
    /** Announced since the last showing, oldest first. @type {Announcement[]} */
    this.announced = [];
    this.longest = 0;
    this.loud = false;
    /** Whether the list stands beside those who are next. */
    this.narrow = false;
    this.smallest = SMALLEST_ROW;
    this.row = LARGEST_ROW;
    this.heading = el("h2", {});
    this.counterHeading = el("p", {});
    this.list = el("ol", { class: "calls", role: "list" });
    this.watch = new ResizeObserver(() => this.fitAll());
    /** What stands in each row, and the row. @type {Map<string, {what: string, row: HTMLElement}>} */
    this.drawn = new Map();
    this.size = "";
  }

  connectedCallback() {
    if (!this.firstChild) this.append(el("div", { class: "calls-head" }, this.heading, this.counterHeading), this.list);
    this.watch.observe(this);
  }

  /** Calls whose turn has come, oldest first; they join the list once they are pending no more. @param {Announcement[]} calls */
  join(calls) {
    this.announced.push(...calls);
  }

  /**
   * @param {BoardView} view
   * @param {Announcement[]} pending calls that are not to be listed yet
   * @param {number} now
   * @param {Words} words
   * @param {number} longest how many rows at most
   */
  show(view, pending, now, words, longest) {
    const gone = takenBack(view.calls, now);
    const announced = this.announced.filter((call) => call.hall in view.halls && !pending.includes(call) && !gone(call));
    this.announced = this.announced.filter((call) => pending.includes(call));
    const before = new Map([...this.rows].filter(([, call]) => !gone(call)));
    this.rows = rowsOf(before, view.recent, announced, pending, now, longest);
    const halls = Object.keys(view.halls).length > 1 ? view.halls : {};
    const [usual, narrow] = Object.keys(halls).length ? [SMALLEST_HALLS, SMALLEST_NARROW_HALLS] : [SMALLEST_ROW, SMALLEST_NARROW];
    this.smallest = this.narrow ? narrow : usual;
    const size = JSON.stringify([longest, this.smallest, this.narrow]);
    const fresh = this.draw(words, halls);
    this.heading.textContent = words.t("board.recent");
    this.counterHeading.textContent = words.t("common.counter");
    this.longest = longest;
    if (size !== this.size) this.fitAll();
    else if (fresh.length) this.fitThese(fresh);
    this.size = size;
  }

  /** Draws those rows that are not drawn already; gives them. @param {Words} words @param {BoardView["halls"]} halls */
  draw(words, halls) {
    const before = this.drawn;
    this.drawn = new Map([...this.rows].map(([key, call]) => {
      const hall = words.names(halls[call.hall]?.names);
      const what = JSON.stringify([call, hall, words.language]);
      const known = before.get(key);
      return [key, known?.what === what ? known : { what, row: row(call, words, hall) }];
    }));
    const rows = [...this.drawn.values()].map((one) => one.row);
    const known = new Set([...before.values()].map((one) => one.row));
    if (rows.length !== known.size || rows.some((one, n) => one !== this.list.children[n])) fillWith(this.list, rows);
    return rows.filter((one) => !known.has(one));
  }

  /** How many rows are seen; one more than fits would be cut. */
  get room() {
    return Math.max(1, Math.min(this.longest, Math.floor((this.list.clientHeight + 1) / (this.row * rem()))));
  }

  /** As many rows as fit; they are as high as they can be while the loud place is empty. */
  fitAll() {
    if (!this.list.clientHeight) return;
    if (!this.loud) this.row = Math.max(this.smallest, Math.min(LARGEST_ROW, this.list.clientHeight / rem() / Math.max(1, this.longest)));
    this.style.setProperty("--row", `${this.row}rem`);
    this.fitThese([...this.list.children]);
  }

  /** @param {Element[]} rows */
  fitThese(rows) {
    this.cut();
    for (const one of rows) {
      for (const box of one.querySelectorAll(".call-number, .call-name")) fit(/** @type {HTMLElement} */ (box));
    }
  }

  /** Hides what does not fit whole. */
  cut() {
    const { room } = this;
    [...this.list.children].forEach((one, n) => {
      /** @type {HTMLElement} */ (one).hidden = n >= room;
    });
  }

  /** The day is over. */
  forget() {
    this.rows = new Map();
  }

  get empty() {
    return !this.rows.size;
  }
}

function rem() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** @param {Row} call @param {Words} words @param {string} hall */
function row(call, words, hall) {
  const { label, name } = counterWords(words, call.counter_names, call.counter);
  const called = call.state === "called";
  const [direction, place] = wayWords(words, call);
  return el("li", { class: called ? "call is-called" : "call" },
    el("span", { class: "call-number" }, call.number),
    el("span", { class: "call-arrow" }, call.direction ? icon(arrow(call.direction)) : null),
    el("span", { class: label ? "call-name" : "call-name call-name-long" }, label ? el("span", { class: "visually-hidden" }, `${label} `) : null, name),
    el("span", { class: "call-way" },
      called ? el("span", { class: "badge badge-call" }, words.t("board.sign_called")) : null,
      el("span", { class: place ? "visually-hidden" : "call-direction" }, direction),
      el("span", { class: "call-place" }, place),
      el("span", { class: "call-hall" }, hall)),
  );
}

customElements.define("recent-calls", RecentCalls);

/** The quiet column: how many wait in each line, and how long it takes. */

import { el } from "../shared/dom.js";
import { Holds } from "../shared/hold.js";
import { PagedList } from "./pages.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").BoardView} BoardView */
/** @typedef {import("../shared/wire.js").BoardHall} BoardHall */
/** @typedef {import("../shared/wire.js").GroupQueue} GroupQueue */

const holds = new Holds();

/** All lines of the halls shown. */
export class HallQueues extends PagedList {
  constructor() {
    super();
    this.drawn = "";
  }

  /** @param {BoardView} view @param {Words} words */
  show(view, words) {
    const drawn = JSON.stringify([view.queues, view.halls, words.language]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.fill(words.t("board.queues"), linesOf(view).map(([, queue]) => row(queue, words, hallNameOf(view, queue, words), view.halls[queue.hall])));
  }
}

/** The lines in order, each with its key: those of one hall together. @param {BoardView} view */
export function linesOf({ halls, queues }) {
  const order = Object.keys(halls);
  return Object.entries(queues).sort(([, a], [, b]) => order.indexOf(a.hall) - order.indexOf(b.hall) || a.order - b.order);
}

/** The hall's name, where several are shown. @param {BoardView} view @param {{hall: string}} shown @param {Words} words */
export function hallNameOf({ halls }, { hall }, words) {
  return Object.keys(halls).length > 1 ? words.names(halls[hall]?.names) : "";
}

/** What can be told of a line: people, and the wait. @param {GroupQueue} queue @param {Words} words @param {BoardHall | undefined} hall */
export function factsOf(queue, words, hall) {
  const people = queue.waiting ? words.tn("common.people", queue.waiting) : words.t("board.nobody_waiting");
  const estimate = holds.of(`${queue.hall} ${queue.order}`, queue.estimate, queue.waiting);
  const wait = queue.open ? words.wait(estimate, queue.waiting) : words.t("board.no_counter_open");
  return el("span", { class: "line-facts" },
    el("span", { class: "line-people" }, people),
    el("span", {}, hall?.state === "suspended" ? "" : unbroken(wait)));
}

/** @param {GroupQueue} queue @param {Words} words @param {string} hallName @param {BoardHall | undefined} hall */
function row(queue, words, hallName, hall) {
  return el("li", { class: "line" },
    el("span", { class: "line-letter", "aria-hidden": "true" }, queue.letter),
    el("span", { class: "line-name" }, words.names(queue.names)),
    hallName ? el("span", { class: "line-hall" }, hallName) : null,
    factsOf(queue, words, hall));
}

/** A range breaks after its dash only. @param {string} text */
function unbroken(text) {
  return text.replace(/(?<!–) /g, "\u00a0");
}

customElements.define("hall-queues", HallQueues);

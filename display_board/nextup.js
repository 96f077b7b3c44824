/** Who is next: for each line its next numbers, and how long it takes. */

import { el, say } from "../shared/dom.js";
import { PagedList } from "./pages.js";
import { factsOf, hallNameOf, linesOf } from "./queues.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").BoardView} BoardView */
/** @typedef {import("../shared/wire.js").GroupQueue} GroupQueue */
/** @typedef {import("../shared/wire.js").NextShown} NextShown */

/** A line and its next numbers; without `queue` it is not told how long it takes. @typedef {{of: GroupQueue | NextShown, queue?: GroupQueue, numbers: string[]}} Line */

/** All lines of the halls shown. */
export class NextInLine extends PagedList {
  constructor() {
    super();
    this.drawn = "";
  }

  /** @param {BoardView} view @param {Words} words */
  show(view, words) {
    const drawn = JSON.stringify([view.queues, view.next, view.halls, words.language]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    say(this.hint, words.t("board.next_hint"));
    this.fill(words.t("board.next"), linesWithNext(view).map((line) => row(line, view, words)));
  }
}

/** The lines in order, those too of which it is not told how long they take. @param {BoardView} view @returns {Line[]} */
function linesWithNext(view) {
  /** @type {Map<string, Line>} */
  const lines = new Map(linesOf(view).map(([key, queue]) => [key, { of: queue, queue, numbers: [] }]));
  for (const one of Object.values(view.next || {}).sort((a, b) => a.letter.localeCompare(b.letter) || a.order - b.order)) {
    const key = `${one.hall}:${one.group}`;
    const line = lines.get(key) || { of: one, numbers: [] };
    line.numbers.push(one.number);
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** @param {Line} line @param {BoardView} view @param {Words} words */
function row({ of, queue, numbers }, view, words) {
  const hallName = hallNameOf(view, of, words);
  return el("li", { class: "line line-next" },
    el("span", { class: "line-letter", "aria-hidden": "true" }, of.letter),
    el("div", { class: "line-about" },
      el("span", { class: "line-name" }, words.names(of.names)),
      queue ? factsOf(queue, words, view.halls[of.hall]) : null),
    hallName ? el("span", { class: "line-hall" }, hallName) : null,
    numbers.length ? el("ol", { class: "next-numbers", role: "list" }, numbers.map((number) => el("li", { class: "next-number" }, number))) : null);
}

customElements.define("next-in-line", NextInLine);

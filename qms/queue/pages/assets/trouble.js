/** The lines of a hall, the one in most trouble first: the wait against the standard as a bar. */

import { el, say } from "../shared/dom.js";
import { keyed } from "./keyed.js";

/** @typedef {import("../shared/wire.js").ManagerView} ManagerView */
/** @typedef {import("../shared/wire.js").LineShown} LineShown */
/** @typedef {import("../shared/i18n.js").Words} Words */

/** The bar is full at so many times the standard, whose mark stands in its middle. */
const FULL = 2;
const PLAIN_SEGMENT = "walk-in";
const BADGE = { unknown: "", closed: "", well: "badge-ok", near: "badge-warn", over: "badge-late", unserved: "badge-late" };

/** The panel. */
export class Lines {
  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.list = el("ul", { role: "list", class: "lines" });
    this.empty = el("p", { class: "empty", hidden: true }, words.t("supervisor.no_lines"));
    this.legend = el("p", { class: "soft" }, words.t("supervisor.legend"));
    this.element = el("section", { class: "card stack", "aria-labelledby": "lines-title" }, el("h2", { id: "lines-title" }, words.t("supervisor.lines")), this.legend, this.list, this.empty);
  }

  /** @param {ManagerView} view */
  update(view) {
    const lines = Object.entries(view.lines).sort(([, a], [, b]) => a.order - b.order);
    this.empty.hidden = lines.length > 0;
    this.legend.hidden = !lines.length;
    keyed(this.list, lines, ([id]) => id, row, (element, [, line]) => this.show(element, line, view));
  }

  /** @param {HTMLElement} element @param {LineShown} line @param {ManagerView} view */
  show(element, line, view) {
    const { words } = this;
    const [letter, name, badge, bar, wait, people] = ["letter", "name", "badge", "bar", "wait", "people"].map((part) => /** @type {HTMLElement} */ (element.querySelector(`[data-is="${part}"]`)));
    if (!letter || !name || !badge || !bar || !wait || !people) return;
    element.dataset.state = line.state;
    say(letter, line.letter);
    say(name, words.names(line.names));
    badge.className = `badge ${BADGE[line.state]}`.trim();
    say(badge, words.t(`supervisor.state.${line.state}`));
    const share = line.wait === undefined || !line.target ? 0 : Math.min(1, line.wait / line.target / FULL);
    bar.style.setProperty("--share", String(share));
    say(wait, waitWords(line, view, words));
    say(people, peopleWords(line, words));
  }
}

/** One look: whether the hall is well, in a sentence. @param {ManagerView} view @param {Words} words @returns {{tone: string, text: string}} */
export function summary(view, words) {
  const lines = Object.values(view.lines);
  /** @param {string} state */
  const count = (state) => lines.filter((line) => line.state === state).length;
  if (view.hall.state === "suspended") return { tone: "warn", text: words.t("supervisor.sum.suspended") };
  const lost = lines.reduce((sum, line) => sum + (line.unserved ?? 0), 0);
  const waits = lines.some((line) => line.waiting);
  if (view.hall.state === "closed" && !waits) return { tone: "calm", text: words.t("supervisor.sum.closed") };
  if (!view.hall.forecast) return { tone: "calm", text: words.t("supervisor.sum.unknown") };
  if (lost) return { tone: "late", text: words.tn("supervisor.sum.unserved", lost) };
  if (count("over")) return { tone: "late", text: words.tn("supervisor.sum.over", count("over")) };
  if (count("near")) return { tone: "warn", text: words.tn("supervisor.sum.near", count("near")) };
  return { tone: "ok", text: words.t("supervisor.sum.well") };
}

/** An empty row of the list. */
function row() {
  return el(
    "li",
    { class: "line" },
    el("p", { class: "line-head" }, el("span", { class: "line-letter", "aria-hidden": "true", "data-is": "letter" }), el("span", { class: "line-name", "data-is": "name" }), el("span", { class: "badge", "data-is": "badge" })),
    el("div", { class: "line-bar", "aria-hidden": "true" }, el("div", { "data-is": "bar" })),
    el("p", { class: "line-wait numbers", "data-is": "wait" }),
    el("p", { class: "line-people soft", "data-is": "people" }),
  );
}

/** @param {LineShown} line @param {ManagerView} view @param {Words} words */
function waitWords(line, view, words) {
  if (line.wait === undefined || line.target === undefined || line.state === "unknown") return "";
  const target = words.number(line.target);
  const text = line.wait ? words.tn("supervisor.wait", line.wait, { target }) : words.t("supervisor.no_wait", { target });
  const segment = line.segment && line.segment !== PLAIN_SEGMENT && line.wait ? words.names(view.segments[line.segment]?.names) : "";
  return segment ? `${text} (${segment})` : text;
}

/** @param {LineShown} line @param {Words} words */
function peopleWords(line, words) {
  const people = line.waiting ? words.tn("supervisor.people", line.waiting) : words.t("supervisor.nobody");
  const open = line.open ? words.tn("supervisor.open", line.open) : words.t("supervisor.none_open");
  const lost = line.unserved && line.unserved < line.waiting ? [words.tn("supervisor.unserved", line.unserved)] : [];
  const opened = line.opened ? [words.t("supervisor.opened", { n: words.number(line.opened) })] : [];
  return [[people, ...lost], [open, ...opened]].map((facts) => facts.join(", ")).join(" · ");
}

/** What could be done about long waits: a sentence each, with one button that does it. */

import { el, say } from "../shared/dom.js";
import { keyed } from "./keyed.js";

/** @typedef {import("../shared/wire.js").ManagerView} ManagerView */
/** @typedef {import("../shared/wire.js").ProposalShown} ProposalShown */
/** @typedef {import("./supervisor.js").Supervisor} Supervisor */
/** @typedef {import("./supervisor.js").Deed} Deed */

/** Presses within this time after the list changed were meant for what stood there before. */
const SETTLE_MS = 500;
/** So many lines that would wait longer are named, the others counted. */
const NAMED = 3;
const TROUBLED = new Set(["over", "unserved"]);

/** The panel. */
export class Proposals {
  /** @param {Supervisor} page */
  constructor(page) {
    const { words } = page;
    this.page = page;
    this.order = "";
    this.changed = 0;
    this.title = el("h2", { id: "proposals-title", tabindex: "-1" }, words.t("supervisor.proposals"));
    this.list = el("ul", { role: "list", class: "proposals" });
    this.empty = el("p", { class: "soft" });
    this.element = el("section", { class: "card stack", "aria-labelledby": "proposals-title" }, this.title, this.list, this.empty);
  }

  /** @param {ManagerView} view */
  update(view) {
    const proposals = Object.entries(view.proposals).sort(([, a], [, b]) => a.order - b.order);
    const order = proposals.map(([key]) => key).join(" ");
    if (order !== this.order) this.changed = performance.now();
    this.order = order;
    const gone = keyed(this.list, proposals, ([key]) => key, ([key]) => this.row(key), (row, [, one]) => this.show(row, one));
    if (gone) this.title.focus();
    this.empty.hidden = proposals.length > 0;
    say(this.empty, this.page.words.t(`supervisor.${emptyKey(view)}`));
    this.element.hidden = view.hall.state === "suspended" || (!view.hall.forecast && !proposals.length);
  }

  /** @param {string} key */
  row(key) {
    const id = `proposal-${key.replaceAll(":", "-")}`;
    const button = el("button", { type: "button", class: "button button-primary", "data-part": "apply", "aria-describedby": id, onclick: () => this.press(key) });
    return el("li", { class: "proposal" }, el("div", { class: "proposal-words" }, el("p", { id, class: "proposal-sentence" }), el("p", { class: "soft" })), button);
  }

  /** @param {HTMLElement} row @param {ProposalShown} one */
  show(row, one) {
    const { words } = this.page;
    const button = /** @type {HTMLElement} */ (row.querySelector("button"));
    const [sentence, detail] = /** @type {HTMLElement[]} */ ([...row.querySelectorAll("p")]);
    if (!sentence || !detail) return;
    say(sentence, this.sentence(one));
    say(detail, this.detail(one));
    button.hidden = one.kind === "open";
    say(button, words.t(one.kind === "back" ? "supervisor.take_back" : "supervisor.apply"));
  }

  /** @param {ProposalShown} one */
  sentence(one) {
    const { page } = this;
    const name = { lend: "lend", back: "back", open: "advise" }[one.kind];
    const key = one.before === undefined ? `${name}_unserved` : name;
    return page.words.tn(`supervisor.${page.words.has(`supervisor.${key}`) ? key : name}`, one.after, {
      counter: page.nameOf(one.counter),
      service: page.serviceName(one.service),
      line: page.serviceName(one.line),
      minutes: page.words.number(one.minutes ?? 0),
      before: page.words.number(one.before ?? 0),
    });
  }

  /** Whom it makes wait longer, and what becomes of the whole hall where that is another figure. @param {ProposalShown} one */
  detail(one) {
    const { words } = this.page;
    const longer = Object.entries(one.longer).sort(([, a], [, b]) => a.order - b.order);
    const lines = longer.slice(0, NAMED).map(([service, { before, after }]) => words.t("supervisor.longer_one", { service: this.page.serviceName(service), before: words.number(before), after: words.number(after) }));
    const others = longer.length - lines.length;
    const named = [lines.join(", "), others ? words.tn("supervisor.longer_more", others) : ""].join(" ").trim();
    const sentences = [lines.length ? words.t("supervisor.longer", { lines: named }) : words.t("supervisor.nobody_longer")];
    if (one.hall_after !== one.after && one.hall_after !== one.hall_before) sentences.push(words.t("supervisor.hall", { before: words.number(one.hall_before), after: words.number(one.hall_after) }));
    if (one.kind === "open") sentences.push(words.t("supervisor.advice"));
    return sentences.join(" ");
  }

  /** @param {string} key */
  press(key) {
    const one = this.page.view?.proposals[key];
    if (!one || performance.now() - this.changed < SETTLE_MS) return;
    const { counter, service, minutes } = one;
    this.page.do(one.kind === "back" ? { counter, act: "take-back", service } : { counter, act: "lend", service, minutes });
  }

  /** To the first thing that can be pressed, else to the heading. */
  focus() {
    const first = /** @type {HTMLElement | null} */ (this.list.querySelector("button:not([hidden])"));
    (first ?? this.title).focus();
  }
}

/** @param {ManagerView} view */
function emptyKey(view) {
  if (!Object.values(view.lines).some((line) => TROUBLED.has(line.state))) return "nothing";
  return view.weighed ? "helpless" : "looking";
}

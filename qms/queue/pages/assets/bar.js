/** The bar of 420x200: number, primary act, how many wait, undo. */

import { el, say } from "../shared/dom.js";
import { primaryButton, stateWords, undoButton } from "./here.js";
import { line, mine } from "./model.js";
import { counterName } from "./wording.js";

/** @typedef {import("./model.js").ClerkView} ClerkView */
/** @typedef {import("./desk.js").Terminal} Terminal */

/** The terminal in a corner of the screen, beside the office's other programs. */
export class Bar {
  /** @param {Terminal} desk */
  constructor(desk) {
    const { words } = desk;
    this.desk = desk;
    this.number = el("p", { class: "bar-number numbers" });
    this.state = el("p", { class: "bar-state" });
    this.count = el("p", { class: "bar-count numbers" });
    this.counter = el("a", { class: "bar-counter", title: words.t("desk.full") });
    this.primary = primaryButton(desk);
    this.undo = undoButton(desk);
    this.element = el(
      "section",
      { class: "bar-mode" },
      el("h1", { class: "visually-hidden" }, words.t("desk.title")),
      el("div", { class: "bar-who" }, this.number, this.state),
      el("div", { class: "bar-side" }, this.count, this.counter),
      this.primary.element,
      this.undo.element,
    );
  }

  /** @param {ClerkView} view @param {number} now */
  update(view, now) {
    const { words } = this.desk;
    const ticket = mine(view);
    this.element.dataset.state = ticket ? ticket.state : view.counter.state === "paused" ? "paused" : "free";
    say(this.number, ticket ? ticket.number : "–");
    say(this.state, ticket ? words.names(view.services[ticket.service]?.names) : stateWords(view, words));
    say(this.count, words.tn("desk.line.count", line(view).ranked.length));
    say(this.counter, counterName(words, view.counter.names));
    this.counter.href = this.desk.address(view.counter.id, false);
    this.primary.update(view);
    this.undo.update(view, now);
  }
}

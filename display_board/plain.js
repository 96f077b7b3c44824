/** What stands where the hall would be: no connection yet, no such hall, not paired. */

import { el, say } from "../shared/dom.js";
import { PairingForm } from "../shared/pairing.js";

/** @typedef {import("../shared/i18n.js").Words} Words */

/** A heading and what to do. */
export class Plain extends HTMLElement {
  constructor() {
    super();
    this.heading = el("h1", {});
    this.text = el("p", { class: "plain-text" });
  }

  connectedCallback() {
    this.append(el("main", { class: "plain" }, this.heading, this.text));
  }

  /** @param {string} title @param {string} [text] */
  tell(title, text = "") {
    say(this.heading, title);
    say(this.text, text);
    this.text.hidden = !text;
  }
}

/**
 * Asks for a pairing code.
 *
 * @param {string} title
 * @param {Words} words
 * @param {string[]} kinds
 * @param {(device: import("../shared/pairing.js").Paired) => void} paired
 */
export function pairing(title, words, kinds, paired) {
  return el("main", { class: "plain plain-pairing" },
    el("h1", {}, title),
    el("p", { class: "plain-text" }, words.t("pairing.text")),
    new PairingForm(words, kinds, paired));
}

customElements.define("plain-screen", Plain);

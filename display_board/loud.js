/** The loud place: the newest call over the full width, until it joins the list. */

import { el, fillWith } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { fit } from "./fit.js";
import { arrow, counterWords, wayWords } from "./where.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").Announcement} Announcement */

/** Shows one call, or hides. */
export class LoudCall extends HTMLElement {
  constructor() {
    super();
    this.hidden = true;
    /** @type {HTMLElement[]} */
    this.fitted = [];
    this.watch = new ResizeObserver(() => this.fitAll());
  }

  connectedCallback() {
    this.watch.observe(this);
  }

  /** @param {Announcement} call @param {Words[]} languages @param {string} hall its name where several are shown */
  show(call, [words, ...others], hall) {
    if (!words) return;
    const key = call.again ? "board.called_again" : "board.called_now";
    const { label, name } = counterWords(words, call.counter_names, call.counter);
    const number = el("p", { class: "loud-number" }, call.number);
    const counter = el("p", { class: label ? "loud-name" : "loud-name loud-name-long" }, name);
    this.hidden = false;
    fillWith(this, el("div", { class: "loud" },
      number,
      el("div", { class: "loud-to" },
        el("p", { class: "loud-words" }, words.t(key)),
        el("p", { class: "loud-others" }, others.map((other) => el("span", { lang: other.language }, other.t(key)))),
        el("div", { class: "loud-where" },
          call.direction ? icon(arrow(call.direction)) : null,
          el("div", { class: "loud-counter" }, label ? el("p", { class: "loud-label" }, label) : null, counter)),
        el("p", { class: "loud-way" }, [...wayWords(words, call), hall].filter(Boolean).map((part) => el("span", {}, part)))),
    ));
    this.fitted = [number, counter];
    this.fitAll();
  }

  fitAll() {
    for (const box of this.fitted) fit(box);
  }

  clear() {
    this.hidden = true;
    this.fitted = [];
    this.replaceChildren();
  }
}

customElements.define("loud-call", LoudCall);

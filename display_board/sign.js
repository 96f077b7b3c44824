/** The sign over a counter: one number, as large as fits, and what it means. */

import { el, fillWith, say } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { fit } from "./fit.js";
import { wear } from "./theme.js";
import { Watch } from "./watch.js";
import { counterWords } from "./where.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/live.js").Meta} Meta */
/** @typedef {import("../shared/wire.js").CounterView} CounterView */
/** @typedef {import("../shared/wire.js").SignCounter} SignCounter */
/** @typedef {import("./watch.js").Page<"counter">} Page */

/** @implements {Page} */
class CounterSign extends HTMLElement {
  constructor() {
    super();
    /** @type {"counter"} */
    this.view = "counter";
    this.titleKey = "board.title_sign";
    this.kinds = ["sign", "board"];
    this.band = el("p", { class: "band", role: "status", hidden: true });
    this.label = el("span", { class: "sign-label" });
    this.name = el("span", { class: "sign-name" });
    this.number = el("p", { class: "sign-number" });
    this.words = el("p", { class: "sign-words" });
    this.others = el("p", { class: "sign-others" });
    this.heading = el("h1", { class: "sign-counter" }, this.label, this.name);
    this.parts = [
      this.band,
      el("main", { class: "sign" },
        this.heading,
        el("div", { class: "sign-what", role: "status" }, this.number, this.words, this.others)),
    ];
    this.call = "";
    this.resized = new ResizeObserver(() => this.fitAll());
  }

  get element() {
    return this;
  }

  connectedCallback() {
    wear(undefined);
    new Watch(/** @type {Page} */ (this)).begin();
    this.resized.observe(this);
  }

  /** @param {CounterView} state */
  speaks(state) {
    return { languages: state.hall.languages, zone: state.hall.zone };
  }

  /** @param {CounterView} state @param {Meta} _meta @param {[Words, ...Words[]]} words */
  show({ counter }, _meta, [words, ...others]) {
    const { label, name } = counterWords(words, counter.names, counter.id);
    this.dataset.state = counter.state;
    say(this.label, label);
    this.label.hidden = !label;
    say(this.name, name);
    say(this.number, counter.number || "");
    this.number.hidden = !counter.number;
    fillWith(this.words, pictureOf(counter), el("span", {}, stateWords(counter, words)));
    fillWith(this.others, others.map((other) => el("span", { lang: other.language }, stateWords(counter, other))));
    this.pulse(counter.call ? counter.call.key : "");
    this.fitAll();
  }

  /** A new call, or the same number called again, is seen at once. @param {string} call */
  pulse(call) {
    if (call === this.call) return;
    this.call = call;
    this.classList.remove("is-new");
    // The animation begins anew only once the browser has seen it gone.
    void this.offsetWidth;
    this.classList.toggle("is-new", call !== "");
  }

  fitAll() {
    for (const box of [this.heading, this.number, this.words]) fit(box);
  }

  /** @param {boolean} stale @param {Words} words */
  stale(stale, words) {
    this.band.hidden = !stale;
    this.classList.toggle("is-stale", stale);
    say(this.band, words.t("board.sign_not_current"));
  }

  restful() {
    return this.dataset.state !== "called";
  }
}

/** @param {SignCounter} counter @param {Words} words */
function stateWords(counter, words) {
  if (counter.state === "paused" && counter.until) return words.t("board.sign_paused_until", { time: words.time(counter.until) });
  return words.t(`board.sign_${counter.state}`);
}

/** @param {SignCounter} counter */
function pictureOf(counter) {
  if (counter.state === "paused") return icon("clock");
  return counter.state === "free" ? icon("check") : null;
}

customElements.define("counter-sign", CounterSign);

/** The buttons of the spoken mode: once more, louder, quieter, faster, slower, no more. */

import { el, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";

/** @typedef {import("../../shared/i18n.js").Words} Words */
/** @typedef {import("./reader.js").Reader} Reader */

/** Each button: its word, its picture, what it does. @type {[word: string, picture: string, act: (reader: Reader) => void][]} */
const ACTS = [
  ["repeat", "restart", (reader) => reader.repeat()],
  ["quieter", "quieter", (reader) => reader.turn("level", -1)],
  ["louder", "louder", (reader) => reader.turn("level", 1)],
  ["slower", "slower", (reader) => reader.turn("speed", -1)],
  ["faster", "faster", (reader) => reader.turn("speed", 1)],
  ["stop", "muted", (reader) => reader.stop()],
];

/** Shown while a person is read to. */
export class SpeechPanel extends HTMLElement {
  /** @param {Reader} [reader] */
  constructor(reader) {
    super();
    this.reader = reader;
    /** @type {HTMLElement[]} */
    this.labels = ACTS.map(() => el("span", {}));
  }

  connectedCallback() {
    const { reader } = this;
    if (!reader || this.firstChild) return;
    this.hidden = true;
    this.setAttribute("role", "group");
    this.append(...ACTS.map(([word, picture, act], n) => el("button", {
      class: `button speech-${word}`, type: "button", onclick: () => act(reader),
    }, icon(picture), this.labels[n])));
  }

  /** @param {Words} words */
  speak(words) {
    this.setAttribute("aria-label", words.t("kiosk.speech"));
    for (const [n, [word]] of ACTS.entries()) {
      const label = this.labels[n];
      if (label) say(label, words.t(`kiosk.speech_${word}`));
    }
  }

  show() {
    this.hidden = !this.reader?.on;
  }
}

customElements.define("speech-panel", SpeechPanel);

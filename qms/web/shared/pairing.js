/** Pairing a device: the short code of an administrator, typed by finger, remote control or keyboard. */

import { post } from "./api.js";
import { el, say } from "./dom.js";

/** @typedef {import("./i18n.js").Words} Words */

/** What the server says of a device that it has come to know. @typedef {{kind: string, hall: string, counter?: string, board?: string}} Paired */

/** Characters of a code; those that look alike are not among them. */
const KEYS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const LONGEST = 12;
const THROTTLED = 429;

/** Asks for the code until one fits; `paired` is told what device this is now. */
export class PairingForm extends HTMLElement {
  /**
   * @param {Words} words with the domain `pairing`
   * @param {string[]} kinds the kinds of device whose page this is
   * @param {(device: Paired) => void} paired
   */
  constructor(words, kinds, paired) {
    super();
    this.words = words;
    this.kinds = kinds;
    this.paired = paired;
    this.pending = false;
    this.fault = el("p", { class: "field-error", id: "pairing-fault", role: "alert" });
    this.code = el("input", {
      id: "pairing-code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
      maxlength: LONGEST, inputmode: "none", "aria-describedby": "pairing-fault",
    });
  }

  connectedCallback() {
    this.speak(this.words);
  }

  /** Draws in a language; what was typed stays. @param {Words} words */
  speak(words) {
    this.words = words;
    this.replaceChildren(el("form", { class: "pairing", onsubmit: (/** @type {Event} */ event) => this.send(event) },
      el("div", { class: "field" }, el("label", { for: "pairing-code" }, words.t("pairing.code")), this.code, this.fault),
      el("div", { class: "pairing-keys" }, [...KEYS].map((key) => this.key(key)),
        el("button", { class: "button pairing-erase", type: "button", onclick: () => this.erase() }, words.t("pairing.erase"))),
      el("button", { class: "button button-primary button-grand", type: "submit" }, words.t("pairing.do")),
    ));
  }

  /** @param {string} key */
  key(key) {
    return el("button", { class: "button", type: "button", onclick: () => this.type(key) }, key);
  }

  /** @param {string} key */
  type(key) {
    if (this.code.value.length < LONGEST) this.code.value += key;
  }

  erase() {
    this.code.value = this.code.value.slice(0, -1);
  }

  /** @param {Event} event */
  async send(event) {
    event.preventDefault();
    const code = this.code.value.trim().toUpperCase();
    if (this.pending || !code) return;
    this.pending = true;
    const answer = await post("/api/v1/devices/pair", { code });
    this.pending = false;
    if (!answer.ok) this.wrong(answer.status === 0 ? "unanswered" : answer.status === THROTTLED ? "throttled" : "wrong");
    else if (!this.kinds.includes(answer.body.kind)) this.wrong("other_kind");
    else this.paired(answer.body);
  }

  /** @param {string} why */
  wrong(why) {
    say(this.fault, this.words.t(`pairing.${why}`));
    this.code.setAttribute("aria-invalid", "true");
    this.code.focus();
  }
}

customElements.define("pairing-form", PairingForm);

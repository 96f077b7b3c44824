/** A kiosk that no hall knows yet: the short code of an administrator, typed on the screen. */

import { post } from "/shared/api.js";
import { el, say } from "/shared/dom.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";

/** Characters of a code; those that look alike are not among them. */
const KEYS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const LONGEST = 12;

/** Asks for the code; `paired` is told which hall it was for. */
export class PairingScreen extends Screen {
  /**
   * @param {import("../screen.js").Kiosk} kiosk
   * @param {(hall: string) => void} paired
   */
  constructor(kiosk, paired) {
    super(kiosk);
    this.paired = paired;
    this.pending = false;
  }

  draw() {
    const { words } = this.kiosk;
    const typed = this.code ? this.code.value : "";
    this.fault = el("p", { class: "field-error", id: "pair-fault", role: "alert" });
    this.code = el("input", {
      id: "pair-code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
      maxlength: LONGEST, inputmode: "none", "aria-describedby": "pair-fault",
    });
    this.code.value = typed;
    return [
      headline(words.t("kiosk.pair_title"), words.t("kiosk.pair_text")),
      new Content(words, el("form", { class: "pairing", id: "pair", onsubmit: (/** @type {Event} */ event) => this.send(event) },
        el("div", { class: "field" }, el("label", { for: "pair-code" }, words.t("kiosk.pair_code")), this.code, this.fault),
        el("div", { class: "keys" }, [...KEYS].map((key) => this.key(key)),
          el("button", { class: "button key-erase", type: "button", onclick: () => this.erase() }, words.t("kiosk.pair_erase"))))),
      el("div", { class: "acts" },
        el("button", { class: "button button-primary button-grand", type: "submit", form: "pair" }, words.t("kiosk.pair_do"))),
    ];
  }

  /** @param {string} key */
  key(key) {
    return el("button", { class: "button", type: "button", onclick: () => this.type(key) }, key);
  }

  /** @param {string} key */
  type(key) {
    if (this.code && this.code.value.length < LONGEST) this.code.value += key;
  }

  erase() {
    if (this.code) this.code.value = this.code.value.slice(0, -1);
  }

  /** @param {Event} event */
  async send(event) {
    event.preventDefault();
    if (this.pending || !this.code || !this.code.value.trim()) return;
    this.pending = true;
    const answer = await post("/api/v1/devices/pair", { code: this.code.value.trim().toUpperCase() });
    this.pending = false;
    if (!answer.ok) this.wrong(answer.status === 0 ? "kiosk.offline_title" : "kiosk.pair_wrong");
    else if (answer.body.kind !== "kiosk") this.wrong("kiosk.pair_other_kind");
    else this.paired(String(answer.body.hall));
  }

  /** @param {string} key */
  wrong(key) {
    if (!this.fault || !this.code) return;
    say(this.fault, this.kiosk.words.t(key));
    this.code.setAttribute("aria-invalid", "true");
    this.code.focus();
  }

  get restful() {
    return true;
  }

  get backward() {
    return false;
  }
}

customElements.define("kiosk-pairing", PairingScreen);

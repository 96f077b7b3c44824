/** 'Do you need more time?', over whatever screen is there. */

import { el, say } from "../shared/dom.js";

/** Asks until it is answered or closed. */
export class IdleQuestion extends HTMLElement {
  /** @param {() => void} [stay] @param {() => void} [leave] */
  constructor(stay, leave) {
    super();
    this.stay = stay;
    this.leave = leave;
  }

  connectedCallback() {
    this.heading = el("h2", { id: "idle-title" });
    this.text = el("p", {});
    this.yes = el("button", { class: "button button-primary button-grand", type: "button", onclick: () => this.answer(this.stay) });
    this.no = el("button", { class: "button button-grand", type: "button", onclick: () => this.answer(this.leave) });
    this.dialog = el("dialog", { class: "question", "aria-labelledby": "idle-title" },
      this.heading, this.text, el("div", { class: "acts" }, this.yes, this.no));
    this.dialog.addEventListener("cancel", () => this.answer(this.stay));
    this.append(this.dialog);
  }

  /** @param {import("../shared/i18n.js").Words} words */
  speak(words) {
    this.words = words;
    if (this.heading) say(this.heading, words.t("kiosk.idle_title"));
    if (this.yes) say(this.yes, words.t("kiosk.idle_yes"));
    if (this.no) say(this.no, words.t("kiosk.idle_no"));
  }

  /** Says whether the question was not there yet. @param {number} seconds */
  ask(seconds) {
    if (!this.dialog || !this.words || !this.text) return false;
    say(this.text, this.words.tn("kiosk.idle_text", seconds));
    if (this.dialog.open) return false;
    this.dialog.showModal();
    return true;
  }

  /** @param {(() => void) | undefined} act */
  answer(act) {
    this.close();
    if (act) act();
  }

  close() {
    if (this.dialog?.open) this.dialog.close();
  }
}

customElements.define("kiosk-question", IdleQuestion);

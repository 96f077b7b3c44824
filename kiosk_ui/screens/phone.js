/** A telephone number for one message when the turn is near: nobody must give one. */

import { el } from "../../shared/dom.js";
import { Content } from "../content.js";
import { headline } from "../screen.js";
import { TypingScreen } from "./typing.js";

/** With a country's code up to fifteen digits (ITU-T E.164); the plus besides. */
const FORM = /** @type {import("./typing.js").Form} */ ({ least: 9, most: 16, together: 3, signs: "phone" });

/** What was typed goes with the order for the number, and is kept nowhere else. */
export class PhoneScreen extends TypingScreen {
  /**
   * @param {import("../screen.js").Kiosk} kiosk
   * @param {string} phone what was typed before
   * @param {(phone: string) => void} chosen empty: no notice
   */
  constructor(kiosk, phone, chosen) {
    super(kiosk, FORM);
    this.typed = phone;
    this.chosen = chosen;
  }

  draw() {
    const { words } = this.kiosk;
    const head = headline(words.t("kiosk.phone_title"), words.t("kiosk.phone_hint"));
    head.append(...this.display());
    return [
      head,
      new Content(words, this.keypad()),
      el("div", { class: "acts acts-take" },
        el("button", { class: "button button-grand", type: "button", onclick: () => this.chosen("") }, words.t("kiosk.phone_none")),
        el("button", { class: "button button-primary button-grand", type: "button", onclick: () => this.confirm() }, words.t("kiosk.phone_keep"))),
    ];
  }

  async confirm() {
    if (this.typed.replace("+", "").length < this.form.least) this.wrong(this.kiosk.words.t("kiosk.phone_short"));
    else this.chosen(this.typed);
  }
}

customElements.define("kiosk-phone", PhoneScreen);

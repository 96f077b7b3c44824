/** Screens from before a hall is known: no connection, no such hall. */

import { el } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";

/** A headline and what to do, with nothing to press: the kiosk goes on by itself, or a person must help. */
export class PlainScreen extends Screen {
  /**
   * @param {import("../screen.js").Kiosk} kiosk
   * @param {"offline" | "no_hall"} what
   */
  constructor(kiosk, what) {
    super(kiosk);
    this.what = what;
  }

  draw() {
    const { words } = this.kiosk;
    return [
      headline(words.t(`kiosk.${this.what}_title`)),
      new Content(words,
        el("p", { class: "problem", role: "alert" }, icon("warning"), el("span", {}, words.t(`kiosk.${this.what}_text`))),
        el("p", { class: "help" }, icon("info"), el("span", {}, words.t("kiosk.help"))),
      ),
    ];
  }

  get restful() {
    return true;
  }

  get backward() {
    return false;
  }
}

customElements.define("kiosk-plain", PlainScreen);

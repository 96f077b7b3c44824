/** Who goes first, in plain words: the person says what applies, staff may ask for proof. */

import { el } from "../../shared/dom.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";

/** @typedef {import("../feed.js").Segment} Segment */

/** The segments that the office offers at the kiosk. */
export class PriorityScreen extends Screen {
  /**
   * @param {import("../screen.js").Kiosk} kiosk
   * @param {(segment: Segment | null) => void} chosen
   */
  constructor(kiosk, chosen) {
    super(kiosk);
    this.chosen = chosen;
  }

  draw() {
    const { words, feed } = this.kiosk;
    return [
      headline(words.t("kiosk.priority_title"), words.t("kiosk.priority_hint")),
      new Content(words,
        el("ul", { class: "choices choices-services", role: "list" },
          feed.offeredSegments.map((segment) => el("li", {}, this.tile(segment))))),
      el("div", { class: "acts" },
        el("button", { class: "button button-wide", type: "button", onclick: () => this.chosen(null) },
          words.t("kiosk.priority_none"))),
    ];
  }

  /** @param {Segment} segment */
  tile(segment) {
    const { words } = this.kiosk;
    return el("button", { class: "tile", type: "button", onclick: () => this.chosen(segment) },
      el("span", { class: "tile-name" }, words.names(segment.names)),
      el("span", { class: "tile-facts" }, el("span", { class: "tile-note" }, words.names(segment.hint))),
    );
  }
}

customElements.define("kiosk-priority", PriorityScreen);

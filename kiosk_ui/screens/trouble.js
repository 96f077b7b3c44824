/** Screens for when no number can be had: each says what is so, and what the person can do. */

import { el } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";
import { reasonOf, reasonWords } from "./lines.js";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** @typedef {import("../screen.js").Kiosk} Kiosk */

/** The hall gives out no numbers now: when it is open. */
export class ClosedScreen extends Screen {
  connectedCallback() {
    this.classList.add("screen-told");
    super.connectedCallback();
  }

  draw() {
    const { words, feed } = this.kiosk;
    return [
      headline(words.t("kiosk.closed_title"), words.t("kiosk.closed_text")),
      new Content(words,
        noticeOf(this.kiosk),
        el("section", { class: "card" },
          el("h2", {}, words.t("kiosk.hours")),
          el("dl", { class: "hours" }, DAYS.map((day, index) => el("div", { class: "hours-day" },
            el("dt", {}, words.weekday(index)),
            el("dd", { class: "numbers" }, spansOf(feed.hall.hours.week[day] || []) || words.t("kiosk.closed_that_day")),
          ))),
        ),
        helpOf(this.kiosk),
      ),
    ];
  }

  get start() {
    return true;
  }

  get restful() {
    return true;
  }

  get backward() {
    return false;
  }
}

/** Service was stopped suddenly: the numbers that people hold stay good. */
export class SuspendedScreen extends Screen {
  draw() {
    const { words } = this.kiosk;
    return [
      headline(words.t("kiosk.suspended_title"), words.t("kiosk.suspended_text")),
      new Content(words, noticeOf(this.kiosk), helpOf(this.kiosk)),
    ];
  }

  get start() {
    return true;
  }

  get restful() {
    return true;
  }

  get backward() {
    return false;
  }
}

/** The office said no to this number, and why. */
export class RefusedScreen extends Screen {
  /** @param {Kiosk} kiosk @param {string} service @param {string} code */
  constructor(kiosk, service, code) {
    super(kiosk);
    this.service = service;
    this.code = code;
  }

  draw() {
    const { words, feed } = this.kiosk;
    const service = feed.service(this.service);
    const reason = this.code === "service_closed" ? reasonOf(this.kiosk, this.service)
      : reasonWords(words, this.code);
    return [
      headline(words.t("kiosk.refused_title"), undefined, words.names(service.names)),
      new Content(words,
        el("p", { class: "problem", role: "alert" }, icon("warning"), el("span", {}, reason)),
        helpOf(this.kiosk)),
      el("div", { class: "acts" },
        el("button", { class: "button button-primary button-grand", type: "button", onclick: () => this.kiosk.home() },
          words.t("kiosk.other_matter"))),
    ];
  }
}

/** No answer came: trying again is safe, and the screen says so. */
export class UnansweredScreen extends Screen {
  /** @param {Kiosk} kiosk @param {() => void} again */
  constructor(kiosk, again) {
    super(kiosk);
    this.again = again;
  }

  draw() {
    const { words } = this.kiosk;
    return [
      headline(words.t("kiosk.failed_title")),
      new Content(words,
        el("p", { class: "problem", role: "alert" }, icon("warning"), el("span", {}, words.t("kiosk.failed_text"))),
        helpOf(this.kiosk)),
      el("div", { class: "acts" },
        el("button", { class: "button button-primary button-grand", type: "button", onclick: this.again },
          words.t("kiosk.try_again"))),
    ];
  }
}

/** @param {Kiosk} kiosk */
function noticeOf(kiosk) {
  const notice = kiosk.words.names(kiosk.feed.notice);
  return notice ? el("p", { class: "notice notice-warn" }, notice) : null;
}

/** @param {Kiosk} kiosk */
function helpOf(kiosk) {
  return el("p", { class: "help" }, icon("info"), el("span", {}, kiosk.words.t("kiosk.help")));
}

/** @param {import("../feed.js").Span[]} spans */
function spansOf(spans) {
  return spans.map((span) => `${span.opens.slice(0, 5)}–${span.closes.slice(0, 5)}`).join(", ");
}

customElements.define("kiosk-closed", ClosedScreen);
customElements.define("kiosk-suspended", SuspendedScreen);
customElements.define("kiosk-refused", RefusedScreen);
customElements.define("kiosk-unanswered", UnansweredScreen);

/** The number, as large as the screen, and the way to take the queue along. */

import { BASE } from "../../shared/base.js";
import { el } from "../../shared/dom.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";

const SHOWN_SECONDS = 8;
const SHOWN_LONGER_SECONDS = 60;

/** Shown for eight seconds, or a minute when asked; then the kiosk is the next person's. */
export class TicketScreen extends Screen {
  /** @param {import("../screen.js").Kiosk} kiosk @param {import("../taking.js").Ticket} ticket */
  constructor(kiosk, ticket) {
    super(kiosk);
    this.ticket = ticket;
    this.classList.add("screen-ticket");
  }

  connectedCallback() {
    super.connectedCallback();
    this.leaveIn(SHOWN_SECONDS);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  /** @param {number} seconds */
  leaveIn(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.kiosk.startOver(), seconds * 1000);
    this.style.setProperty("--shown", `${seconds}s`);
    this.classList.toggle("longer", seconds > SHOWN_SECONDS);
  }

  draw() {
    const { words, feed } = this.kiosk;
    const { ticket } = this;
    const ahead = ticket.ahead ? words.tn("kiosk.ahead", ticket.ahead) : words.t("kiosk.ahead_nobody");
    const number = el("h1", { class: "number", tabindex: "-1" },
      el("span", { class: "visually-hidden" }, `${words.t("kiosk.your_number")} `), ticket.number);
    number.style.setProperty("--chars", String(ticket.number.length));
    const head = headline("", undefined, words.t("kiosk.your_number"));
    const empty = head.querySelector("h1");
    if (empty) empty.replaceWith(number);
    return [
      head,
      new Content(words,
        el("div", { class: "outlook" },
          el("p", { class: "outlook-service" }, words.names(feed.service(ticket.service).names)),
          el("p", { class: "outlook-ahead" }, ahead),
          el("p", { class: "outlook-wait" }, `${words.t("kiosk.expected_wait")}: `,
            el("strong", {}, words.wait(ticket.estimate, ticket.ahead))),
          el("p", { class: "soft" }, words.t("kiosk.watch_board")),
        ),
        el("div", { class: "card qr-card" },
          el("img", { class: "qr", src: `${BASE}/t/${ticket.token}/qr.svg`, alt: words.t("kiosk.qr"), width: "240", height: "240" }),
          el("p", {}, words.t("kiosk.scan")),
        ),
      ),
      el("div", { class: "acts acts-pair" },
        el("p", { class: "countdown-words soft" }, words.t("kiosk.closes_by_itself")),
        el("div", { class: "countdown" }, el("span", {})),
        el("button", { class: "button button-grand", type: "button", onclick: () => this.leaveIn(SHOWN_LONGER_SECONDS) },
          words.t("kiosk.keep_showing")),
        el("button", { class: "button button-primary button-grand", type: "button", onclick: () => this.kiosk.startOver() },
          words.t("kiosk.done")),
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

customElements.define("kiosk-ticket", TicketScreen);

/** The number, as large as the screen, and the way to take the queue along. */

import { BASE } from "../../shared/base.js";
import { el, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { Content } from "../content.js";
import { printsBy, troubleWords } from "../paper.js";
import { printSlip } from "../printing.js";
import { Screen } from "../screen.js";

const LONGER_SECONDS = 60;
/** So often a slip is tried again. */
const REPRINTS = 2;

/** Shown for some seconds, or a minute when asked or read out; then the kiosk is the next person's. */
export class TicketScreen extends Screen {
  /**
   * @param {import("../screen.js").Kiosk} kiosk
   * @param {import("../taking.js").Ticket} ticket
   * @param {boolean} paper whether it was wanted on paper
   */
  constructor(kiosk, ticket, paper) {
    super(kiosk);
    this.ticket = ticket;
    this.slip = paper && printsBy(kiosk) === "browser" ? printSlip(ticket.token) : null;
    /** What became of the paper. @type {"none" | "printed" | "failed" | "printing"} */
    this.paper = this.slip ? "printed" : ticket.paper || "none";
    this.reprints = 0;
    this.classList.add("screen-told", "screen-ticket");
  }

  connectedCallback() {
    super.connectedCallback();
    const { reader, feed } = this.kiosk;
    this.leaveIn(reader.on || this.paper === "failed" ? LONGER_SECONDS : feed.hall.kiosk.shown_seconds);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  /** @param {number} seconds */
  leaveIn(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.kiosk.startOver(), seconds * 1000);
    this.style.setProperty("--shown", `${seconds}s`);
    this.classList.toggle("longer", !this.classList.contains("longer"));
  }

  draw() {
    const { words } = this.kiosk;
    this.again = el("button", { class: "button button-wide", type: "button", hidden: true, onclick: () => this.printAgain() },
      icon("printer"), el("span", {}, words.t("kiosk.print_again")));
    return [
      this.head(),
      new Content(words, this.outlook(), this.code()),
      el("div", { class: "acts acts-pair" },
        el("p", { class: "countdown-words soft" }, words.t("kiosk.closes_by_itself")),
        el("div", { class: "countdown" }, el("span", {})),
        el("div", { class: "acts-take" },
          el("button", { class: "button button-grand", type: "button", onclick: () => this.leaveIn(LONGER_SECONDS) },
            words.t("kiosk.keep_showing")),
          this.again,
          el("button", { class: "button button-primary button-grand", type: "button", onclick: () => this.kiosk.startOver() },
            words.t("kiosk.done"))),
      ),
      ...(this.slip ? [this.slip] : []),
    ];
  }

  head() {
    const { words } = this.kiosk;
    const { number } = this.ticket;
    this.paperLine = el("p", { class: "paper-line" });
    const large = el("h1", { class: "number", tabindex: "-1" },
      el("span", { class: "visually-hidden" }, `${words.t("kiosk.your_number")} `),
      el("span", { "data-spoken": spokenNumber(number) }, number));
    large.style.setProperty("--chars", String(number.length));
    return el("div", { class: "headline" },
      el("p", { class: "eyebrow", "aria-hidden": "true", "data-private": true }, words.t("kiosk.your_number")), large, this.paperLine);
  }

  outlook() {
    const { words, feed } = this.kiosk;
    const { service, ahead, estimate, offline } = this.ticket;
    const place = words.names(feed.place);
    return el("div", { class: "outlook" },
      el("p", { class: "outlook-service" }, words.names(feed.service(service).names)),
      offline ? el("p", { class: "outlook-alone" }, words.t("kiosk.alone_ticket")) : [
        el("p", { class: "outlook-ahead" }, ahead ? words.tn("kiosk.ahead", ahead) : words.t("kiosk.ahead_nobody")),
        el("p", { class: "outlook-wait" }, `${words.t("kiosk.expected_wait")}: `, el("strong", {}, words.wait(estimate, ahead))),
      ],
      place ? el("p", { class: "outlook-place" }, `${words.t("kiosk.place")}: `, el("strong", {}, place)) : null,
    );
  }

  /** The way onto the phone. */
  code() {
    const { words } = this.kiosk;
    const picture = el("img", { class: "qr", src: `${BASE}/t/${this.ticket.token}/qr.svg`, alt: words.t("kiosk.qr"), width: "240", height: "240" });
    const card = el("div", { class: "card qr-card" }, picture, el("p", {}, words.t("kiosk.scan")));
    picture.addEventListener("error", () => card.remove());
    return card;
  }

  refresh() {
    const { words } = this.kiosk;
    if (!this.paperLine || !this.again) return;
    const failed = this.paper === "failed";
    const text = failed ? troubleWords(this.kiosk) || words.t("kiosk.print_failed") : words.t(`kiosk.print_${this.paper}`);
    say(this.paperLine, this.paper === "none" ? words.t("kiosk.watch_board") : text);
    this.paperLine.classList.toggle("notice-warn", failed);
    this.paperLine.classList.toggle("notice", failed);
    this.again.hidden = !failed || this.reprints >= REPRINTS || Boolean(this.kiosk.agent.trouble);
  }

  /** Once there is paper again. */
  async printAgain() {
    this.reprints += 1;
    this.paper = "printing";
    this.refresh();
    this.leaveIn(LONGER_SECONDS);
    this.paper = (await this.kiosk.agent.print(this.ticket.id)) ? "printed" : "failed";
    this.refresh();
    if (this.paperLine) this.kiosk.announce(this.paperLine.textContent || "");
  }

  get restful() {
    return true;
  }

  get last() {
    return true;
  }

  get backward() {
    return false;
  }
}

/** The letter, then the number as a number: A012 is 'A 12'. @param {string} number */
export function spokenNumber(number) {
  return number.replace(/^(\D*)0*(\d+)$/, (_, letter, digits) => `${letter} ${digits}`.trim());
}

customElements.define("kiosk-ticket", TicketScreen);

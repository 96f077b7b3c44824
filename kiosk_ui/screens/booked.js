/** Somebody who has booked types what the office knows them by, and out comes the number; a key client types a code. */

import { post } from "../../shared/api.js";
import { el, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { canScan } from "../camera.js";
import { Content } from "../content.js";
import { choiceOf, paperOrder } from "../paper.js";
import { headline } from "../screen.js";
import { Taking } from "../taking.js";
import { CameraScreen } from "./camera.js";
import { TicketScreen } from "./ticket.js";
import { UnansweredScreen } from "./trouble.js";
import { TypingScreen } from "./typing.js";

/** @typedef {import("../taking.js").Outcome} Outcome */
/** @typedef {"code" | "phone" | "document" | "client"} By what is typed: that of a booking, or a key client's code */

/** @type {Record<By, import("./typing.js").Form>} */
const FORMS = {
  code: { least: 6, most: 6, together: 3, signs: "digits" },
  phone: { least: 9, most: 9, together: 3, signs: "digits" },
  document: { least: 5, most: 16, together: 3, signs: "letters" },
  client: { least: 12, most: 12, together: 4, signs: "digits" },
};
const KNOWN = ["unknown_booking", "check_in_early", "check_in_late", "already_checked_in", "not_confirmed",
  "several", "throttled", "hall_suspended", "unknown_client"];

/** A keypad on the screen; a keyboard, a hand scanner or a camera serves as well. */
export class BookedScreen extends TypingScreen {
  /** @param {import("../screen.js").Kiosk} kiosk @param {By} [by] */
  constructor(kiosk, by = "code") {
    super(kiosk, FORMS[by]);
    this.by = by;
    /** @type {Taking | null} */
    this.taking = null;
    this.asking = false;
  }

  draw() {
    const { words } = this.kiosk;
    this.send = el("button", { class: "button button-primary button-grand", type: "button", onclick: () => this.confirm() });
    this.scan = el("button", { class: "button button-wide", type: "button", hidden: true, onclick: () => this.kiosk.show(new CameraScreen(this.kiosk)) },
      icon("camera"), el("span", {}, words.t("kiosk.camera_use")));
    const way = this.by === "client" ? undefined : words.t("kiosk.have_booking");
    const head = headline(words.t(`kiosk.booked_${this.by}`), words.t(`kiosk.booked_${this.by}_hint`), way);
    head.append(...this.display());
    return [
      head,
      new Content(words, this.keypad()),
      el("div", { class: "acts" }, el("div", { class: "other-ways" }, this.scan, this.otherWays()), this.send),
    ];
  }

  /** Codes are held before the camera where there is one. */
  async offerCamera() {
    const can = (this.by === "code" || this.by === "client") && await canScan(this.kiosk.agent);
    if (this.scan) this.scan.hidden = !can;
  }

  /** The office may let people type something else instead, and know some by a code of their own. */
  otherWays() {
    const { words, feed, client } = this.kiosk;
    const ways = waysOf(feed.hall).filter((way) => way !== this.by && !(way === "client" && client));
    return ways.map((way) => el("button",
      { class: "button button-wide", type: "button", onclick: () => this.kiosk.show(new BookedScreen(this.kiosk, way)) },
      words.t(`kiosk.booked_by_${way}`)));
  }

  redraw() {
    super.redraw();
    this.offerCamera();
  }

  refresh() {
    super.refresh();
    if (!this.send) return;
    say(this.send, this.kiosk.words.t(this.busy ? "kiosk.taking" : this.by === "client" ? "kiosk.client_confirm" : "kiosk.booked_confirm"));
  }

  get busy() {
    return Boolean(this.taking?.pending || this.asking);
  }

  /** @param {string} sign */
  type(sign) {
    if (!this.busy) this.taking = null;
    super.type(sign);
  }

  async confirm() {
    const { kiosk } = this;
    if (this.busy) return;
    if (this.typed.length < this.form.least) {
      this.wrong(kiosk.words.t(`kiosk.booked_short_${this.by}`));
      return;
    }
    if (this.by === "client") {
      await this.recognise();
      return;
    }
    const order = { [this.by]: this.typed, ...(kiosk.client ? { client: kiosk.client } : {}), ...paperOrder(kiosk, choiceOf(kiosk) !== "never") };
    this.taking = this.taking || new Taking(`halls/${encodeURIComponent(kiosk.feed.hall.id)}/check-in`, order);
    const asked = this.taking.send(() => kiosk.announce(kiosk.words.t("kiosk.retrying")));
    this.refresh();
    const outcome = await asked;
    this.refresh();
    if (this.isConnected) this.goOn(outcome);
  }

  /** Whether the code is that of a key client; what they take from then on, they take as one. */
  async recognise() {
    const { kiosk, typed } = this;
    this.asking = true;
    this.refresh();
    const answer = await post(`/api/v1/halls/${encodeURIComponent(kiosk.feed.hall.id)}/key-clients/recognise`, { code: typed });
    this.asking = false;
    this.refresh();
    if (!this.isConnected) return;
    if (answer.ok) kiosk.recognised(typed);
    else if (answer.status === 401 || answer.status === 403) kiosk.unpaired();
    else {
      if (answer.status < 500 && answer.status > 0) this.typed = "";
      this.wrong(this.reason({ refused: String(answer.body.code || "other"), params: {} }));
    }
  }

  /** @param {Outcome} outcome */
  goOn(outcome) {
    const { kiosk } = this;
    if ("ticket" in outcome) kiosk.show(new TicketScreen(kiosk, outcome.ticket, choiceOf(kiosk) !== "never"));
    else if ("refused" in outcome) {
      this.taking = null;
      this.typed = "";
      this.wrong(this.reason(outcome));
    } else if ("unpaired" in outcome) kiosk.unpaired();
    else kiosk.show(new UnansweredScreen(kiosk, () => this.again()));
  }

  /** @param {{refused: string, params: Record<string, string>}} outcome */
  reason({ refused, params }) {
    const { words } = this.kiosk;
    const at = params.from || params.at;
    const time = at ? words.time(at) : "";
    const sameDay = at && this.kiosk.feed.meta && words.day(at) === words.day(this.kiosk.feed.meta.now());
    return words.t(`kiosk.booked_${KNOWN.includes(refused) ? refused : "other"}`,
      { time: at && !sameDay ? `${words.day(at)}, ${time}` : time });
  }

  again() {
    this.kiosk.back();
    this.confirm();
  }
}

/** What may be typed at this hall's kiosks, the usual first. @param {import("../feed.js").Hall} hall @returns {By[]} */
export function waysOf(hall) {
  const client = hall.segments.some((segment) => segment.id === "key-client");
  return /** @type {By[]} */ ([...(hall.check_in_by || []), ...(client ? ["client"] : [])]);
}

customElements.define("kiosk-booked", BookedScreen);

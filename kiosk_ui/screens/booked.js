/** Somebody who has booked types what the office knows them by, and out comes the number; a key client types a code. */

import { post } from "../../shared/api.js";
import { el, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";
import { Taking } from "../taking.js";
import { TicketScreen } from "./ticket.js";
import { UnansweredScreen } from "./trouble.js";

/** @typedef {import("../taking.js").Outcome} Outcome */
/** @typedef {"code" | "phone" | "document" | "client"} By what is typed: that of a booking, or a key client's code */

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0"];
const LETTERS = [..."1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
/** How many signs there are at least and at most, and how many are shown together. @type {Record<By, [least: number, most: number, together: number]>} */
const LENGTHS = { code: [6, 6, 3], phone: [9, 9, 3], document: [5, 16, 3], client: [12, 12, 4] };
const ERASE = "erase";

/** A keypad on the screen; a keyboard or a hand scanner types as well. */
export class BookedScreen extends Screen {
  /** @param {import("../screen.js").Kiosk} kiosk @param {By} [by] */
  constructor(kiosk, by = "code") {
    super(kiosk);
    this.classList.add("screen-booked");
    this.by = by;
    this.typed = "";
    /** @type {Taking | null} */
    this.taking = null;
    this.asking = false;
    /** @type {string | null} */
    this.fault = null;
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("keydown", this.onKey);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  draw() {
    const { words } = this.kiosk;
    this.shown = el("p", { class: "typed numbers", role: "status" });
    this.problem = el("p", { class: "problem", role: "alert", hidden: true });
    this.send = el("button", { class: "button button-primary button-grand", type: "button", onclick: () => this.checkIn() });
    const way = this.by === "client" ? undefined : words.t("kiosk.have_booking");
    const head = headline(words.t(`kiosk.booked_${this.by}`), words.t(`kiosk.booked_${this.by}_hint`), way);
    head.append(this.problem, this.shown);
    return [
      head,
      new Content(words, this.keypad(), el("div", { class: "other-ways" }, this.otherWays())),
      el("div", { class: "acts" }, this.send),
    ];
  }

  keypad() {
    const { words } = this.kiosk;
    const letters = this.by === "document";
    return el("div", { class: letters ? "keypad keypad-letters" : "keypad", role: "group", "aria-label": words.t("kiosk.keypad") },
      (letters ? LETTERS : DIGITS).map((digit) => (digit
        ? el("button", { class: "button numbers", type: "button", onclick: () => this.type(digit) }, digit)
        : el("span", {}))),
      el("button", { class: "button", type: "button", "aria-label": words.t("kiosk.erase"), onclick: () => this.type(ERASE) },
        icon("back")));
  }

  /** The office may let people type something else instead, and know some by a code of their own. */
  otherWays() {
    const { words, feed, client } = this.kiosk;
    const ways = waysOf(feed.hall).filter((way) => way !== this.by && !(way === "client" && client));
    return ways.map((way) => el("button",
      { class: "button button-wide", type: "button", onclick: () => this.kiosk.show(new BookedScreen(this.kiosk, way)) },
      words.t(`kiosk.booked_by_${way}`)));
  }

  refresh() {
    const { words } = this.kiosk;
    const [least, , together] = LENGTHS[this.by];
    if (this.shown) {
      const rest = "·".repeat(Math.max(0, least - this.typed.length));
      say(this.shown, `${this.typed}${rest}`.replace(new RegExp(`(.{${together}})(?=.)`, "gu"), "$1 "));
    }
    if (this.problem) {
      this.problem.hidden = !this.fault;
      if (this.fault) this.problem.replaceChildren(icon("warning"), el("span", {}, this.fault));
    }
    if (this.send) say(this.send, words.t(this.busy ? "kiosk.taking" : this.by === "client" ? "kiosk.client_confirm" : "kiosk.booked_confirm"));
  }

  get busy() {
    return Boolean(this.taking?.pending || this.asking);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^[0-9]$/.test(event.key)) this.type(event.key);
    else if (this.by === "document" && /^[a-z]$/i.test(event.key)) this.type(event.key.toUpperCase());
    else if (event.key === "Backspace") this.type(ERASE);
    else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) this.checkIn();
  }

  /** @param {string} digit */
  type(digit) {
    if (this.busy) return;
    this.fault = null;
    this.taking = null;
    if (digit === ERASE) this.typed = this.typed.slice(0, -1);
    else if (this.typed.length < LENGTHS[this.by][1]) this.typed += digit;
    this.refresh();
  }

  async checkIn() {
    const { kiosk } = this;
    if (this.busy) return;
    if (this.typed.length < LENGTHS[this.by][0]) {
      this.wrong(kiosk.words.t(`kiosk.booked_short_${this.by}`));
      return;
    }
    if (this.by === "client") {
      await this.recognise();
      return;
    }
    /** @type {Record<string, string>} */
    const order = { [this.by]: this.typed };
    if (kiosk.client) order["client"] = kiosk.client;
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
    if ("ticket" in outcome) kiosk.show(new TicketScreen(kiosk, outcome.ticket));
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
    const known = ["unknown_booking", "check_in_early", "check_in_late", "already_checked_in", "not_confirmed",
      "several", "throttled", "hall_suspended", "unknown_client"];
    const time = at ? words.time(at) : "";
    const sameDay = at && this.kiosk.feed.meta && words.day(at) === words.day(this.kiosk.feed.meta.now());
    return words.t(`kiosk.booked_${known.includes(refused) ? refused : "other"}`,
      { time: at && !sameDay ? `${words.day(at)}, ${time}` : time });
  }

  /** @param {string} text */
  wrong(text) {
    this.fault = text;
    this.refresh();
  }

  again() {
    this.kiosk.back();
    this.checkIn();
  }
}

/** What may be typed at this hall's kiosks, the usual first. @param {import("../feed.js").Hall} hall @returns {By[]} */
export function waysOf(hall) {
  const client = hall.segments.some((segment) => segment.id === "key-client");
  return /** @type {By[]} */ ([...(hall.check_in_by || []), ...(client ? ["client"] : [])]);
}

customElements.define("kiosk-booked", BookedScreen);

/** Somebody who has booked: the code, or the telephone number, and out comes the number. */

import { el, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";
import { Taking } from "../taking.js";
import { TicketScreen } from "./ticket.js";
import { UnansweredScreen } from "./trouble.js";

/** @typedef {import("../taking.js").Outcome} Outcome */

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0"];
const LENGTHS = { code: 6, phone: 9 };
const ERASE = "erase";

/** A keypad on the screen; a keyboard or a hand scanner types as well. */
export class BookedScreen extends Screen {
  /** @param {import("../screen.js").Kiosk} kiosk @param {"code" | "phone"} [by] what is typed */
  constructor(kiosk, by = "code") {
    super(kiosk);
    this.classList.add("screen-booked");
    this.by = by;
    this.typed = "";
    /** @type {Taking | null} */
    this.taking = null;
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
    const head = headline(words.t(`kiosk.booked_${this.by}`), words.t(`kiosk.booked_${this.by}_hint`), words.t("kiosk.have_booking"));
    head.append(this.problem, this.shown);
    return [
      head,
      new Content(words, this.keypad(), this.otherWay()),
      el("div", { class: "acts" }, this.send),
    ];
  }

  keypad() {
    const { words } = this.kiosk;
    return el("div", { class: "keypad", role: "group", "aria-label": words.t("kiosk.keypad") },
      DIGITS.map((digit) => (digit
        ? el("button", { class: "button numbers", type: "button", onclick: () => this.type(digit) }, digit)
        : el("span", {}))),
      el("button", { class: "button", type: "button", "aria-label": words.t("kiosk.erase"), onclick: () => this.type(ERASE) },
        icon("back")));
  }

  /** The office may let people type their telephone number instead. */
  otherWay() {
    const { words, feed } = this.kiosk;
    const other = this.by === "code" ? "phone" : "code";
    if (!(feed.hall.check_in_by || []).includes(other)) return null;
    return el("button", { class: "button button-wide", type: "button", onclick: () => this.kiosk.show(new BookedScreen(this.kiosk, other)) },
      words.t(`kiosk.booked_by_${other}`));
  }

  refresh() {
    const { words } = this.kiosk;
    const wanted = LENGTHS[this.by];
    if (this.shown) {
      const rest = "·".repeat(Math.max(0, wanted - this.typed.length));
      say(this.shown, `${this.typed}${rest}`.replace(/(.{3})(?=.)/gu, "$1 "));
    }
    if (this.problem) {
      this.problem.hidden = !this.fault;
      if (this.fault) this.problem.replaceChildren(icon("warning"), el("span", {}, this.fault));
    }
    if (this.send) say(this.send, words.t(this.busy ? "kiosk.taking" : "kiosk.booked_confirm"));
  }

  get busy() {
    return Boolean(this.taking?.pending);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^[0-9]$/.test(event.key)) this.type(event.key);
    else if (event.key === "Backspace") this.type(ERASE);
    else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) this.checkIn();
  }

  /** @param {string} digit */
  type(digit) {
    if (this.busy) return;
    this.fault = null;
    this.taking = null;
    if (digit === ERASE) this.typed = this.typed.slice(0, -1);
    else if (this.typed.length < LENGTHS[this.by]) this.typed += digit;
    this.refresh();
  }

  async checkIn() {
    const { kiosk } = this;
    if (this.busy) return;
    if (this.typed.length < LENGTHS[this.by]) {
      this.wrong(kiosk.words.t(`kiosk.booked_short_${this.by}`));
      return;
    }
    this.taking = this.taking || new Taking(`halls/${encodeURIComponent(kiosk.feed.hall.id)}/check-in`, { [this.by]: this.typed });
    const asked = this.taking.send(() => kiosk.announce(kiosk.words.t("kiosk.retrying")));
    this.refresh();
    const outcome = await asked;
    this.refresh();
    if (this.isConnected) this.goOn(outcome);
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
      "several", "throttled", "hall_suspended"];
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

customElements.define("kiosk-booked", BookedScreen);

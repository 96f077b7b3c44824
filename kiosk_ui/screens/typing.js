/** What every screen is built on where something is typed: a keypad under the finger; a keyboard types as well. */

import { el, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { Screen } from "../screen.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const LETTERS = [..."1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
export const ERASE = "erase";

/** What may be typed: how many signs at least and at most, how many are shown together, and which. @typedef {{least: number, most: number, together: number, signs: "digits" | "letters" | "phone"}} Form */

/** Knows what was typed; a screen says what it is for. It is echoed sign by sign, and never read out as a whole. */
export class TypingScreen extends Screen {
  /** @param {import("../screen.js").Kiosk} kiosk @param {Form} form */
  constructor(kiosk, form) {
    super(kiosk);
    this.classList.add("screen-typing", `screen-${form.signs}`);
    this.form = form;
    this.typed = "";
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

  /** While an answer is awaited nothing is typed. */
  get busy() {
    return false;
  }

  /** Goes on with what was typed. */
  async confirm() {}

  /** The signs so far, and what is wrong with them; to stand under the headline. @returns {HTMLElement[]} */
  display() {
    this.shown = el("p", { class: "typed numbers", "data-private": true });
    this.problem = el("p", { class: "problem", role: "alert", hidden: true });
    return [this.problem, this.shown];
  }

  keypad() {
    const { words } = this.kiosk;
    const letters = this.form.signs === "letters";
    const signs = letters ? LETTERS : [...DIGITS, this.form.signs === "phone" ? "+" : "", "0"];
    return el("div", { class: letters ? "keypad keypad-letters" : "keypad", role: "group", "aria-label": words.t("kiosk.keypad") },
      signs.map((sign) => (sign
        ? el("button", { class: "button numbers", type: "button", onclick: () => this.type(sign) }, sign)
        : el("span", {}))),
      el("button", { class: "button", type: "button", "aria-label": words.t("kiosk.erase"), onclick: () => this.type(ERASE) },
        icon("erase")));
  }

  refresh() {
    const { least, together } = this.form;
    if (this.shown) {
      const rest = "·".repeat(Math.max(0, least - this.typed.length));
      say(this.shown, `${this.typed}${rest}`.replace(new RegExp(`(.{${together}})(?=.)`, "gu"), "$1 "));
    }
    if (this.problem) {
      this.problem.hidden = !this.fault;
      if (this.fault) this.problem.replaceChildren(icon("warning"), el("span", {}, this.fault));
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^[0-9]$/.test(event.key)) this.type(event.key);
    else if (event.key === "+" && this.form.signs === "phone") this.type("+");
    else if (this.form.signs === "letters" && /^[a-z]$/i.test(event.key)) this.type(event.key.toUpperCase());
    else if (event.key === "Backspace") this.type(ERASE);
    else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) this.confirm();
  }

  /** @param {string} sign */
  type(sign) {
    if (this.busy) return;
    this.fault = null;
    if (sign === ERASE) this.typed = this.typed.slice(0, -1);
    else if (this.fits(sign)) this.typed += sign;
    else return;
    this.kiosk.echo(sign === ERASE ? this.kiosk.words.t("kiosk.erased") : sign);
    this.refresh();
  }

  /** @param {string} sign */
  fits(sign) {
    return this.typed.length < this.form.most && (sign !== "+" || !this.typed);
  }

  /** @param {string} text */
  wrong(text) {
    this.fault = text;
    this.refresh();
    this.kiosk.aloud(text);
  }
}

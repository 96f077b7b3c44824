/** The spoken mode: reads each screen, then each control that is reached; never before it was asked to. */

import { controlOf, controlsIn, describe, textOf } from "./describe.js";

/** @typedef {import("../../shared/i18n.js").Words} Words */

/** Reads the page to one person; `stop` forgets all that they chose. */
export class Reader {
  /**
   * @param {import("./voice.js").Voice} voice
   * @param {() => Words} words the language in use
   * @param {() => void} changed told when it begins or ends
   */
  constructor(voice, words, changed) {
    this.voice = voice;
    this.words = words;
    this.changed = changed;
    this.on = false;
    this.last = "";
    document.addEventListener("focusin", (event) => this._reached(controlOf(event.target)));
    document.addEventListener("click", (event) => this._pressed(controlOf(event.target)));
  }

  get can() {
    return this.voice.can(this.words().language);
  }

  get speaking() {
    return Boolean(this.on && this.voice.speaking);
  }

  /** @param {Element | undefined} screen what is there at this moment */
  start(screen) {
    if (this.on || !this.can) return;
    this.on = true;
    this.changed();
    this.say([this.words().t("kiosk.speech_begin"), screen ? textOf(screen) : ""].join(" "));
  }

  stop() {
    this.voice.forget();
    this.last = "";
    if (!this.on) return;
    this.on = false;
    this.changed();
  }

  /** A new screen. @param {Element} screen */
  screen(screen) {
    if (!this.on) return;
    const choices = controlsIn(screen).length;
    this.say([textOf(screen), choices ? this.words().tn("kiosk.speech_choices", choices) : ""].join(" "));
  }

  /** A question over the screen, and the answer on which one stands. @param {HTMLElement} dialog */
  question(dialog) {
    if (!this.on) return;
    const control = controlOf(document.activeElement);
    this.say([textOf(dialog), control ? this._described(control) : ""].join(" "));
  }

  /** Says something once more, or anything else; nothing to those who did not ask. @param {string} text */
  say(text) {
    if (!this.on) return;
    this.last = text.trim();
    this.voice.say(this.last, this.words().language);
  }

  /** A digit as it is typed; not kept for `repeat`. @param {string} sign */
  echo(sign) {
    if (this.on) this.voice.say(sign, this.words().language);
  }

  repeat() {
    this.say(this.last);
  }

  /** @param {"level" | "speed"} what @param {number} step */
  turn(what, step) {
    this.voice.turnTo(what, step);
    this.echo(this.words().t(`kiosk.speech_${what}`, { n: (this.voice[what] || 0) + 1, m: this.voice.steps }));
  }

  /** One key for loudness: step by step, then from the quietest again. */
  louder() {
    if (!this.voice.turnTo("level", 1)) this.voice.turnTo("level", 1 - this.voice.steps);
    this.turn("level", 0);
  }

  /** @param {HTMLElement | null} control */
  _reached(control) {
    if (this.on && control) this.say(this._described(control));
  }

  /** What was switched says how it stands now. @param {HTMLElement | null} control */
  _pressed(control) {
    if (!this.on || !control?.hasAttribute("aria-pressed")) return;
    setTimeout(() => {
      if (control.isConnected && document.activeElement === control) this._reached(control);
    });
  }

  /** @param {HTMLElement} control */
  _described(control) {
    const part = control.closest("dialog, main, footer") || document.body;
    return describe(control, this.words(), controlsIn(part));
  }
}

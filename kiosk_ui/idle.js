/** Watches for the person who has gone away. */

const ASK_AFTER_SECONDS = 60;
const LEAVE_AFTER_SECONDS = 20;

/**
 * Asks after a minute without a touch, and gives the person up 20 seconds later, or as the office sets it. Who
 * says 'yes, more time' is given twice as long from then on, until the next person starts.
 */
export class Idle {
  /** @param {{ask: (seconds: number) => void, leave: () => void, reading: () => boolean}} on `ask` is repeated each second with what is left; while `reading`, nobody has gone */
  constructor(on) {
    this.on = on;
    this.after = ASK_AFTER_SECONDS;
    this.grace = LEAVE_AFTER_SECONDS;
    this.patience = 1;
    this.quiet = 0;
    this.asking = false;
    for (const type of ["pointerdown", "keydown", "wheel", "touchmove"]) {
      document.addEventListener(type, () => this._touched(), { capture: true, passive: true });
    }
    setInterval(() => this._second(), 1000);
  }

  /** As the office wants it. @param {{idle_seconds: number, grace_seconds: number}} settings */
  set({ idle_seconds, grace_seconds }) {
    this.after = idle_seconds;
    this.grace = grace_seconds;
  }

  /** A new person: the usual patience. */
  reset() {
    this.patience = 1;
    this.quiet = 0;
    this.asking = false;
  }

  /** The person wants more time. */
  stay() {
    this.patience = 2;
    this.quiet = 0;
    this.asking = false;
  }

  /** A touch while the question stands is answered by its buttons, not by itself. */
  _touched() {
    if (!this.asking) this.quiet = 0;
  }

  _second() {
    if (this.on.reading()) return;
    this.quiet += 1;
    const left = this.after * this.patience + this.grace - this.quiet;
    if (left <= 0) {
      this.reset();
      this.on.leave();
    } else if (left <= this.grace) {
      this.asking = true;
      this.on.ask(left);
    }
  }
}

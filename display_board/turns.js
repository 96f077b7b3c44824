/** Whose turn it is in the loud place: one call at a time, oldest first, none skipped. */

/** How long a call stands there, and the least while others wait. */
export const LOUD_MS = 8000;
export const LEAST_MS = 4000;
/** Who has waited longer than this for the loud place is in the list long since. */
export const LATEST_MS = 60000;

/**
 * `say` speaks the call and is done when it was said in the first language.
 *
 * @template C
 * @typedef {{show: (call: C) => void, say: (call: C) => Promise<void>, clear: () => void}} On
 */

/** @template C */
export class Turns {
  /** @param {On<C>} on @param {() => number} [machine] milliseconds that never go back */
  constructor(on, machine = () => performance.now()) {
    this.on = on;
    this.machine = machine;
    /** @type {{call: C, since: number}[]} */
    this.waiting = [];
    /** @type {C | null} */
    this.shown = null;
    this.shownAt = 0;
    this.said = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** The calls that are shown or wait to be. @returns {C[]} */
  get pending() {
    const waiting = this.waiting.map(({ call }) => call);
    return this.shown === null ? waiting : [this.shown, ...waiting];
  }

  /** Whether nobody else waits to be called. */
  get unhurried() {
    return !this.waiting.length;
  }

  /** @param {C[]} calls */
  add(calls) {
    this.waiting.push(...calls.map((call) => ({ call, since: this.machine() })));
    if (this.shown === null) this.next();
    else this.hasten();
  }

  next() {
    const turn = this.waiting.shift();
    if (!turn) {
      this.shown = null;
      this.on.clear();
    } else if (this.machine() - turn.since > LATEST_MS) this.next();
    else this.begin(turn.call);
  }

  /** @param {C} call */
  begin(call) {
    this.shown = call;
    this.shownAt = this.machine();
    this.said = false;
    this.endIn(LOUD_MS);
    this.on.show(call);
    this.on.say(call).then(() => {
      if (this.shown !== call) return;
      this.said = true;
      this.hasten();
    });
  }

  /** Somebody waits: the turn ends as soon as it was seen and heard. */
  hasten() {
    if (this.waiting.length && this.said) this.endIn(Math.max(0, LEAST_MS - (this.machine() - this.shownAt)));
  }

  /** @param {number} ms */
  endIn(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.next(), ms);
  }
}

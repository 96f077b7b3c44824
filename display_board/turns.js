/** Whose turn it is in the loud place: one call at a time, oldest first, and each is seen. */

/** How long a call stands there, and the least while others wait. */
export const LOUD_MS = 8000;
export const LEAST_MS = 4000;
/** Who has waited longer than this for the loud place goes straight to the list, unsaid. */
export const LATEST_MS = 60000;
/** A voice is not waited for longer than this; once others wait, not longer than the second. */
export const LONGEST_MS = 120000;
export const PRESSED_MS = 20000;

/**
 * `show` puts a call into the loud place, and `say` speaks it: done when all is said that there is time for.
 * `list` shows calls in the list alone, at most `room()` of them. `clear`: nobody is in the loud place.
 *
 * @template C
 * @typedef {object} On
 * @property {(call: C) => void} show
 * @property {(call: C) => Promise<void>} say
 * @property {() => void} hush
 * @property {(calls: C[]) => void} list
 * @property {() => number} room
 * @property {() => void} clear
 */

/** @template C */
export class Turns {
  /** @param {On<C>} on @param {() => number} [machine] milliseconds that never go back */
  constructor(on, machine = () => performance.now()) {
    this.on = on;
    this.machine = machine;
    /** @type {{call: C, since: number}[]} */
    this.queue = [];
    /** @type {C | null} */
    this.shown = null;
    /** Whether a turn is under way, be it in the loud place or in the list. */
    this.busy = false;
    this.beganAt = 0;
    /** Since when others wait. */
    this.pressedAt = 0;
    this.said = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** The calls that are shown loudly or wait to be seen. @returns {C[]} */
  get pending() {
    const waiting = this.queue.map(({ call }) => call);
    return this.shown === null ? waiting : [this.shown, ...waiting];
  }

  /** How many calls wait. */
  get waiting() {
    return this.queue.length;
  }

  /** @param {C[]} calls oldest first @param {(call: C) => number} [age] milliseconds since its call */
  add(calls, age = () => 0) {
    if (!this.queue.length) this.pressedAt = this.machine();
    this.queue.push(...calls.map((call) => ({ call, since: this.machine() - age(call) })));
    if (!this.busy) this.next();
    else this.look();
  }

  /** Forgets calls that were taken back; one that has its turn loses it at once. @param {(call: C) => boolean} gone */
  drop(gone) {
    this.queue = this.queue.filter(({ call }) => !gone(call));
    if (this.shown !== null && gone(this.shown)) this.end();
  }

  next() {
    clearTimeout(this.timer);
    this.busy = this.queue.length > 0;
    const late = this.late();
    if (late.length) this.pass(late);
    else this.begin(this.queue.shift());
  }

  /** Takes those from the head of the line who have waited too long, as many as the list has room for. @returns {C[]} */
  late() {
    const head = this.queue.slice(0, Math.max(1, this.on.room()));
    const young = head.findIndex(({ since }) => this.machine() - since <= LATEST_MS);
    return this.queue.splice(0, young < 0 ? head.length : young).map(({ call }) => call);
  }

  /** Their time is in the list. @param {C[]} calls */
  pass(calls) {
    this.leave();
    this.on.list(calls);
    this.timer = setTimeout(() => this.next(), LEAST_MS);
  }

  leave() {
    if (this.shown === null) return;
    this.shown = null;
    this.on.clear();
  }

  /** @param {{call: C} | undefined} turn */
  begin(turn) {
    if (!turn) {
      this.leave();
      return;
    }
    const { call } = turn;
    this.shown = call;
    this.beganAt = this.machine();
    this.said = false;
    this.on.show(call);
    this.on.say(call).then(() => {
      if (this.shown !== call) return;
      this.said = true;
      this.look();
    });
    this.look();
  }

  /** Ends the turn when it is due: once the call was seen and heard, sooner where others wait. */
  look() {
    if (this.shown === null) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), Math.max(0, this.due - this.machine()));
  }

  get due() {
    const { beganAt, pressedAt, said } = this;
    if (!this.queue.length) return beganAt + (said ? LOUD_MS : LONGEST_MS);
    return said ? beganAt + LEAST_MS : Math.max(beganAt, pressedAt) + PRESSED_MS;
  }

  end() {
    if (!this.said) this.on.hush();
    this.next();
  }
}

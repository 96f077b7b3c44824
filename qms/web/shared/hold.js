/**
 * Holds the wait that a screen tells, so that it does not flicker: a range stays until the new middle leaves it,
 * or a minute has passed. Each ticket or line is held by a key of its own.
 */

import { saidRange } from "./i18n.js";

/** @typedef {import("./i18n.js").Estimate} Estimate */

export const HELD_MS = 60 * 1000;

/** The waits that one screen tells. */
export class Holds {
  /** @param {() => number} [machine] milliseconds that never go back */
  constructor(machine = () => performance.now()) {
    this.machine = machine;
    /** @type {Map<string, {at: number, estimate: Estimate}>} */
    this.held = new Map();
  }

  /**
   * What is to be told now in place of the newest estimate: the one that is held, or it. With nobody ahead
   * nothing is held, for a turn that has come near is told at once.
   *
   * @param {string} key
   * @param {Estimate | undefined} estimate
   * @param {number} [ahead] people who go before
   */
  of(key, estimate, ahead) {
    if (!estimate || ahead === 0) {
      this.held.delete(key);
      return estimate;
    }
    const held = this.held.get(key);
    if (held && this.machine() - held.at < HELD_MS && holds(held.estimate, estimate.mid)) return held.estimate;
    this.held.set(key, { at: this.machine(), estimate });
    return estimate;
  }
}

/** @param {Estimate} told @param {number} middle */
function holds(told, middle) {
  const { low, high } = saidRange(told);
  return low <= middle && middle <= high;
}

/** The first free time of a service, to be offered where the wait for a number is long. */

import { getJson } from "./api.js";

/** @typedef {import("./i18n.js").Words} Words */
/** @typedef {import("./i18n.js").Estimate} Estimate */

/** A free time, today (0), tomorrow (1) or later, and where it is booked. @typedef {{start: string, in_days: number, url?: string}} Free */

/** So long an answer is good, also when there was none. */
export const KEPT_MS = 60 * 1000;

/** Asks once a minute at most for each service; calls `changed` when an answer has come. */
export class Offers {
  /**
   * @param {string} hall
   * @param {() => void} changed
   * @param {() => number} [machine] milliseconds that never go back
   */
  constructor(hall, changed, machine = () => performance.now()) {
    this.hall = hall;
    this.changed = changed;
    this.machine = machine;
    /** @type {Map<string, {at: number, free: Free | null}>} */
    this.known = new Map();
  }

  /**
   * What is to be offered beside a number now; null where the wait is short, nothing is free or nothing is known.
   *
   * @param {string} service
   * @param {number | undefined} from the expected wait, in minutes, from which there is an offer; 0: never
   * @param {Estimate | undefined} estimate
   */
  beside(service, from, estimate) {
    if (!from || !estimate || estimate.mid < from) return null;
    const known = this.known.get(service);
    if (!known || this.machine() - known.at >= KEPT_MS) this.ask(service, known ? known.free : null);
    return known ? known.free : null;
  }

  /** @param {string} service @param {Free | null} meanwhile */
  async ask(service, meanwhile) {
    this.known.set(service, { at: this.machine(), free: meanwhile });
    const free = await firstFree(this.hall, service);
    this.known.set(service, { at: this.machine(), free });
    this.changed();
  }
}

/** @param {string} hall @param {string} service @returns {Promise<Free | null>} null too where there is no answer */
async function firstFree(hall, service) {
  try {
    const answer = await getJson(`/api/v1/halls/${encodeURIComponent(hall)}/first-free?service=${encodeURIComponent(service)}`);
    return answer.start ? answer : null;
  } catch (problem) {
    if (!(problem instanceof Error)) throw problem;
    return null;
  }
}

/**
 * 'Tomorrow at 9:10 without waiting', by the texts `<key>_today`, `<key>_tomorrow` and `<key>_day`.
 *
 * @param {Words} words
 * @param {string} key
 * @param {Free} free
 */
export function offerWords(words, key, free) {
  const when = free.in_days > 1 ? "day" : free.in_days === 1 ? "tomorrow" : "today";
  return words.t(`${key}_${when}`, { time: words.time(free.start), day: words.day(free.start) });
}

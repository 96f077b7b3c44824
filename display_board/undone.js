/** Calls that were taken back: whoever was called by mistake is not to go there. */

/** @typedef {import("../shared/wire.js").Announcement} Announcement */
/** @typedef {Pick<Announcement, "hall" | "order" | "at">} Call */

/** Younger calls than this are in the view, unless they were taken back; */
const YOUNG_MS = 50000;
/** or so many came after them. */
const MOST = 30;

/**
 * @param {Record<string, Announcement>} calls the view's, of the last minute
 * @param {number} now business time
 * @returns {(call: Call) => boolean}
 */
export function takenBack(calls, now) {
  /** @type {Map<string, Set<number>>} */
  const halls = new Map();
  for (const { hall, order } of Object.values(calls)) halls.set(hall, (halls.get(hall) || new Set()).add(order));
  return ({ hall, order, at }) => {
    const own = halls.get(hall) || new Set();
    return now - Date.parse(at) < YOUNG_MS && own.size < MOST && !own.has(order);
  };
}

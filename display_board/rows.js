/** Which recent calls the board lists: a row stays in its place until newer calls push it out. */

/** @typedef {import("../shared/wire.js").RecentCall} RecentCall */

/** By ticket, newest first. @typedef {Map<string, RecentCall>} Rows */

export const LONGEST_LIST = 8;
/** A visit that is over leaves the list so long after its call. */
export const KEPT_MS = 15 * 60 * 1000;

/**
 * The rows to show: those of the view, and those there were before that are not old. A call that is still to
 * be announced joins later; until then its ticket stays where it was, if it was there.
 *
 * @param {Rows} before
 * @param {Record<string, RecentCall>} recent
 * @param {Pick<RecentCall, "hall" | "order">[]} pending
 * @param {number} now business time
 * @returns {Rows}
 */
export function rowsOf(before, recent, pending, now) {
  const kept = [...before].filter(([, call]) => now - Date.parse(call.at) < KEPT_MS);
  const joining = Object.entries(recent).filter(([, call]) => !pending.some((one) => one.hall === call.hall && one.order === call.order));
  const newest = [...new Map([...kept, ...joining])].sort(([, a], [, b]) => Date.parse(b.at) - Date.parse(a.at) || b.order - a.order);
  return new Map(newest.slice(0, LONGEST_LIST));
}

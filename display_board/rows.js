/** Which recent calls the board lists: a row stays in its place until newer calls push it out. */

/** @typedef {import("../shared/wire.js").RecentCall} RecentCall */
/** What a row shows; one whose visit is over has no state. @typedef {Omit<RecentCall, "state"> & {state?: RecentCall["state"]}} Row */

/** By hall and number, newest first. @typedef {Map<string, Row>} Rows */

/** A visit that is over leaves the list so long after its call. */
export const KEPT_MS = 15 * 60 * 1000;

/**
 * The rows to show: those of the view, those just announced, and those there were before that are not old. A
 * call that is still to be announced joins later; until then its number stays where it was, if it was there.
 *
 * @param {Rows} before
 * @param {Record<string, RecentCall>} recent
 * @param {Row[]} announced oldest first
 * @param {Pick<RecentCall, "hall" | "order">[]} pending
 * @param {number} now business time
 * @param {number} longest how many rows
 * @returns {Rows}
 */
export function rowsOf(before, recent, announced, pending, now, longest) {
  const rows = new Map([...before].filter(([, call]) => now - Date.parse(call.at) < KEPT_MS).map(([key, call]) => [key, over(call)]));
  const awaited = new Set(pending.map(({ hall, order }) => `${hall} ${order}`));
  for (const call of [...announced.map(over), ...Object.values(recent)]) {
    const known = rows.get(keyOf(call));
    const stands = known === undefined || known.order <= call.order;
    if (stands && !awaited.has(`${call.hall} ${call.order}`)) rows.set(keyOf(call), call);
  }
  return new Map([...rows].sort(([, a], [, b]) => Date.parse(b.at) - Date.parse(a.at) || b.order - a.order).slice(0, longest));
}

/** @param {Pick<RecentCall, "hall" | "number">} call */
function keyOf({ hall, number }) {
  return `${hall} ${number}`;
}

/** @param {Row} call @returns {Row} */
function over({ state: _, ...call }) {
  return call;
}

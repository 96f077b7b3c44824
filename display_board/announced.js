/** Which calls this screen has announced; outlives a reload of the page, so that none is announced twice. */

/** @typedef {import("../shared/wire.js").Announcement} Announcement */

const KEY = "qms.board.announced";
const KEPT = 200;

/** Knows calls by their key and moment: a hall that begins anew may use a key again. */
export class Announced {
  /** @param {Pick<Storage, "getItem" | "setItem">} storage */
  constructor(storage) {
    this.storage = storage;
    this.known = new Set(read(storage));
  }

  /**
   * The calls that are still to be announced, oldest first; they count as announced from now on.
   *
   * @param {Record<string, Announcement>} calls
   * @returns {Announcement[]}
   */
  fresh(calls) {
    const found = Object.entries(calls)
      .map(([key, call]) => ({ id: `${key} ${call.at}`, call }))
      .filter(({ id }) => !this.known.has(id))
      .sort((a, b) => Date.parse(a.call.at) - Date.parse(b.call.at) || a.call.order - b.call.order);
    if (found.length) this.remember(found.map(({ id }) => id));
    return found.map(({ call }) => call);
  }

  /** @param {string[]} ids */
  remember(ids) {
    this.known = new Set([...this.known, ...ids].slice(-KEPT));
    try {
      this.storage.setItem(KEY, JSON.stringify([...this.known]));
    } catch {
      // Full or shut off: then they are known until the page is loaded anew.
    }
  }
}

/** @param {Pick<Storage, "getItem">} storage @returns {string[]} */
function read(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) || "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

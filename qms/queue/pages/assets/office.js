/** An office's page: each of its halls, kept current by a socket of its own. */

import { live } from "../shared/live.js";
import { pageWords, part, put } from "./citizen.js";
import { offered, showLines } from "./lines.js";

/** @typedef {import("../shared/wire.js").QueueView} QueueView */
/** @typedef {import("../shared/i18n.js").Words} Words */

const STAMP_MS = 10_000;
const BADGES = /** @type {Record<string, string>} */ ({ open: "badge badge-ok", suspended: "badge badge-late", closed: "badge" });

/** What the page as a whole says: when it was true, and whether it still is. */
class Stamp {
  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    /** @type {() => number} */
    this.now = Date.now;
    this.seen = 0;
    /** @type {Set<string>} */
    this.stale = new Set();
    setInterval(() => this.show(), STAMP_MS);
  }

  /** @param {() => number} now */
  heard(now) {
    this.now = now;
    this.seen = now();
    this.show();
  }

  /** @param {string} hall @param {boolean} stale */
  mark(hall, stale) {
    if (stale) this.stale.add(hall);
    else this.stale.delete(hall);
    this.show();
  }

  show() {
    const { words } = this;
    put("as-of", this.seen ? words.t("citizen.as_of", { time: words.time(this.now()) }) : "");
    put("stale", this.stale.size ? words.t("citizen.stale", { time: words.time(this.seen || this.now()) }) : "");
  }
}

/** @param {HTMLElement} section @param {Words} words @param {Stamp} stamp */
function follow(section, words, stamp) {
  const { hall = "", offerWhen = "{}" } = section.dataset;
  /** @param {string} name */
  const inside = (name) => /** @type {HTMLElement} */ (section.querySelector(`[data-part="${name}"]`));
  /** @type {QueueView | null} */
  let view = null;
  const show = () => {
    if (!view) return;
    const { state } = view.hall;
    const badge = inside("state");
    const said = words.t(`citizen.office.${state}`);
    if (badge.textContent !== said) badge.textContent = said;
    badge.className = BADGES[state] ?? "badge";
    const notice = words.names(view.hall.notice);
    inside("notice").hidden = !notice;
    inside("notice").textContent = notice;
    showLines(inside("groups"), view, words, offering, { prefix: `${hall}-`, level: 3 });
  };
  const offering = offered(words, hall, offerWhen, show);
  live({ view: "queue", hall }, {
    onState(state, meta) {
      view = /** @type {QueueView} */ (state);
      words.zone = view.hall.zone;
      stamp.mark(hall, false);
      stamp.heard(meta.now);
      show();
    },
    onStale: (stale) => stamp.mark(hall, stale),
    onGone: () => stamp.mark(hall, true),
  });
}

async function start() {
  const words = await pageWords();
  part("refresh").hidden = true;
  const stamp = new Stamp(words);
  for (const section of document.querySelectorAll(".office-hall")) follow(/** @type {HTMLElement} */ (section), words, stamp);
}

await start();

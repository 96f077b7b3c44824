/** The public status of a hall's queues, kept current. */

import { el } from "../shared/dom.js";
import { live } from "../shared/live.js";
import { Offers, offerWords } from "../shared/offer.js";
import { closedWords, lineFacts, pageWords, part, put } from "./citizen.js";
import { keyed } from "./keyed.js";

/** @typedef {import("../shared/wire.js").QueueView} QueueView */
/** @typedef {import("../shared/wire.js").ServiceQueue} ServiceQueue */
/** @typedef {import("../shared/i18n.js").Words} Words */

const STAMP_MS = 10_000;

/** @typedef {(id: string, line: ServiceQueue) => {text: string, href: string} | null} Offering what is offered beside a line */

/** @param {QueueView} view @param {Words} words @param {Offering} offering */
function show(view, words, offering) {
  const { state, notice } = view.hall;
  put("hall-state", state === "open" ? "" : words.t(`citizen.queues.hall_${state}`));
  put("notice", words.names(notice));
  /** @type {Map<string, {id: string, letter: string, lines: [string, ServiceQueue][]}>} */
  const groups = new Map();
  const lines = Object.entries(view.services).sort(([, a], [, b]) => a.letter.localeCompare(b.letter) || a.order - b.order);
  for (const [id, line] of lines) {
    const group = groups.get(line.group) ?? { id: line.group, letter: line.letter, lines: [] };
    group.lines.push([id, line]);
    groups.set(line.group, group);
  }
  if (!groups.size) return;
  keyed(part("groups"), [...groups.values()], (group) => group.id, (group) => makeGroup(group.id, group.letter, words), (section, group) => {
    const rows = /** @type {HTMLElement} */ (section.lastElementChild);
    keyed(rows, group.lines, ([id]) => id, ([, line]) => makeLine(line, words), (row, [id, line]) => updateLine(row, line, words, offering(id, line)));
  });
}

/** @param {string} id @param {string} letter @param {Words} words */
function makeGroup(id, letter, words) {
  const title = el("h2", { id: `group-${id}` }, el("span", { class: "group-letter", "aria-hidden": "true" }, letter), el("span", { class: "visually-hidden" }, words.t("citizen.queues.group", { letter })));
  return el("section", { class: "card group", "aria-labelledby": `group-${id}` }, title, el("ul", { role: "list", class: "queue-rows" }));
}

/** @param {ServiceQueue} line @param {Words} words */
function makeLine(line, words) {
  return el("li", { class: "queue" }, el("h3", { class: "queue-name" }, words.names(line.names)), el("dl", { class: "queue-facts" }));
}

/** @param {HTMLElement} row @param {ServiceQueue} line @param {Words} words @param {{text: string, href: string} | null} offer */
function updateLine(row, line, words, offer) {
  const facts = /** @type {HTMLElement} */ (row.querySelector("dl"));
  keyed(facts, lineFacts(line, words), (fact) => fact.key, (fact) => el("div", {}, el("dt", {}, words.t(`citizen.queues.${fact.key}`)), el("dd", {})), (pair, fact) => {
    const value = /** @type {HTMLElement} */ (pair.lastElementChild);
    if (value.textContent !== fact.text) value.textContent = fact.text;
  });
  row.toggleAttribute("data-shut", !line.accepting);
  const closed = row.querySelector(".queue-closed");
  if (line.accepting) closed?.remove();
  else if (closed) closed.textContent = closedWords(line, words);
  else row.append(el("p", { class: "queue-closed" }, closedWords(line, words)));
  updateOffer(row, offer);
}

/** @param {HTMLElement} row @param {{text: string, href: string} | null} offer */
function updateOffer(row, offer) {
  const link = row.querySelector(".queue-offer a");
  if (!offer) link?.parentElement?.remove();
  else if (!link) row.append(el("p", { class: "queue-offer" }, el("a", { href: offer.href }, offer.text)));
  else if (link.textContent !== offer.text) link.textContent = offer.text;
}

/**
 * Offers a free time where the wait is long: from when, the page says for each service that can be booked.
 *
 * @param {Words} words
 * @param {() => void} changed
 * @returns {Offering}
 */
function offered(words, changed) {
  const { base = "", hall = "", offerWhen = "{}" } = document.body.dataset;
  const from = JSON.parse(offerWhen);
  const offers = new Offers(hall, changed);
  return (id, line) => {
    const free = offers.beside(id, from[id], line.estimate);
    if (!free) return null;
    return { text: offerWords(words, "citizen.offer", free), href: `${base}/book/${hall}?service=${encodeURIComponent(id)}` };
  };
}

async function start() {
  const words = await pageWords();
  const { hall } = document.body.dataset;
  part("refresh").hidden = true;
  /** @type {() => number} */
  let now = Date.now;
  let seen = 0;
  /** @type {QueueView | null} */
  let view = null;
  const showAll = () => view && show(view, words, offering);
  const offering = offered(words, showAll);
  const stamp = () => put("as-of", seen ? words.t("citizen.as_of", { time: words.time(now()) }) : "");
  const notCurrent = () => words.t("citizen.stale", { time: words.time(seen || now()) });
  live({ view: "queue", hall }, {
    onState(state, meta) {
      now = meta.now;
      seen = now();
      view = /** @type {QueueView} */ (state);
      words.zone = view.hall.zone;
      put("stale", "");
      showAll();
      stamp();
    },
    onStale: (stale) => put("stale", stale ? notCurrent() : ""),
    onGone: () => put("stale", notCurrent()),
  });
  setInterval(stamp, STAMP_MS);
}

await start();

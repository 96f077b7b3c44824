/** The lines of a hall: what the server rendered, kept current; on the hall's own page and on its office's. */

import { el } from "../shared/dom.js";
import { Holds } from "../shared/hold.js";
import { Offers, offerWords } from "../shared/offer.js";
import { closedWords, lineFacts } from "./citizen.js";
import { keyed } from "./keyed.js";

/** @typedef {import("../shared/wire.js").QueueView} QueueView */
/** @typedef {import("../shared/wire.js").ServiceQueue} ServiceQueue */
/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {(id: string, line: ServiceQueue) => {text: string, href: string} | null} Offering what is offered beside a line */
/** @typedef {{prefix: string, level: 2 | 3}} Place where on a page: before the ids, and the level of headings */

const holds = new Holds();

/**
 * Shows a hall's lines in the place that holds them.
 *
 * @param {HTMLElement} groupsPlace
 * @param {QueueView} view
 * @param {Words} words
 * @param {Offering} offering
 * @param {Place} [place]
 */
export function showLines(groupsPlace, view, words, offering, place = { prefix: "", level: 2 }) {
  /** @type {Map<string, {id: string, letter: string, lines: [string, ServiceQueue][]}>} */
  const groups = new Map();
  const lines = Object.entries(view.services).sort(([, a], [, b]) => a.letter.localeCompare(b.letter) || a.order - b.order);
  for (const [id, line] of lines) {
    const group = groups.get(line.group) ?? { id: line.group, letter: line.letter, lines: [] };
    group.lines.push([id, line]);
    groups.set(line.group, group);
  }
  if (!groups.size) return;
  keyed(groupsPlace, [...groups.values()], (group) => group.id, (group) => makeGroup(group.id, group.letter, words, place), (section, group) => {
    const rows = /** @type {HTMLElement} */ (section.lastElementChild);
    keyed(rows, group.lines, ([id]) => id, ([, line]) => makeLine(line, words, place), (row, [id, line]) => {
      const estimate = holds.of(`${place.prefix}${id}`, line.estimate, line.waiting);
      updateLine(row, { ...line, estimate }, words, offering(id, line));
    });
  });
}

/**
 * Offers a free time where the wait is long: `offerWhen` says from when, for each service that can be booked.
 *
 * @param {Words} words
 * @param {string} hall
 * @param {string} offerWhen
 * @param {() => void} changed
 * @returns {Offering}
 */
export function offered(words, hall, offerWhen, changed) {
  const { base = "" } = document.body.dataset;
  const from = JSON.parse(offerWhen);
  const offers = new Offers(hall, changed);
  return (id, line) => {
    const free = offers.beside(id, from[id], line.estimate);
    if (!free) return null;
    return { text: offerWords(words, "citizen.offer", free), href: `${base}/book/${hall}?service=${encodeURIComponent(id)}` };
  };
}

/** @param {string} id @param {string} letter @param {Words} words @param {Place} place */
function makeGroup(id, letter, words, { prefix, level }) {
  const name = `${prefix}group-${id}`;
  const title = el(`h${level}`, { id: name }, el("span", { class: "group-letter", "aria-hidden": "true" }, letter), el("span", { class: "visually-hidden" }, words.t("citizen.queues.group", { letter })));
  return el("section", { class: "card group", "aria-labelledby": name }, title, el("ul", { role: "list", class: "queue-rows" }));
}

/** @param {ServiceQueue} line @param {Words} words @param {Place} place */
function makeLine(line, words, { level }) {
  const title = el(level === 2 ? "h3" : "h4", { class: "queue-name" }, words.names(line.names));
  return el("li", { class: "queue" }, title, el("dl", { class: "queue-facts" }));
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

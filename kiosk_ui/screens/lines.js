/** How a line stands, in words: who waits, why nothing is given out. */

import { el } from "../../shared/dom.js";

/** @typedef {import("../screen.js").Kiosk} Kiosk */
/** @typedef {import("../../shared/i18n.js").Words} Words */

/** Refusals that mean: what this kiosk showed is no longer so. */
const OUTDATED = new Set(["unknown_service", "unknown_segment", "version_changed", "invalid", "key_reused"]);

/**
 * Why a service gives out no numbers: the office's own notice, else the reason in our words.
 *
 * @param {Kiosk} kiosk
 * @param {string} service
 */
export function reasonOf(kiosk, service) {
  const { words, feed } = kiosk;
  const notice = words.names(feed.service(service).notice);
  return notice || reasonWords(words, feed.closedCode(service));
}

/** @param {Words} words @param {string} code */
export function reasonWords(words, code) {
  const key = OUTDATED.has(code) ? "kiosk.reason_changed" : `kiosk.reason_${code}`;
  return words.t(words.has(key) ? key : "kiosk.reason_other");
}

/** @param {Kiosk} kiosk @param {string} service */
export function closedNote(kiosk, service) {
  return [
    el("span", { class: "badge badge-warn" }, kiosk.words.t("kiosk.closed_badge")),
    el("span", { class: "reason" }, reasonOf(kiosk, service)),
  ];
}

/** @param {Words} words @param {number | null} waiting null: not known now */
export function waitingWords(words, waiting) {
  if (waiting === null) return "";
  return waiting === 0 ? words.t("kiosk.waiting_nobody") : words.tn("kiosk.waiting", waiting);
}

/**
 * A closed choice can still be reached and read; it only leads nowhere.
 *
 * @param {HTMLElement} tile
 * @param {boolean} closed
 */
export function setClosed(tile, closed) {
  if (closed) tile.setAttribute("aria-disabled", "true");
  else tile.removeAttribute("aria-disabled");
}

/** Parts that say a ticket's state in words and shapes, in every list alike. */

import { el } from "../shared/dom.js";
import { standing, standsAt } from "./model.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("./model.js").ClerkView} ClerkView */
/** @typedef {import("./model.js").Ticket} Ticket */

const PLAIN_SEGMENT = "walk-in";

/** Segment as a word with a shape; a booking says its time, and since when the person is present. @param {ClerkView} view @param {Ticket} ticket @param {Words} words */
export function segmentBadge(view, ticket, words) {
  const shape = ticket.booked ? "booked" : ticket.segment === PLAIN_SEGMENT ? "plain" : "priority";
  const text = ticket.booked
    ? words.t("desk.booked_here", { time: words.time(ticket.booked), since: words.time(ticket.issued) })
    : words.names(view.segments[ticket.segment]?.names);
  return el("span", { class: "segment", "data-shape": shape }, text);
}

/** What else the person has booked for this visit, after the service of the ticket. @param {ClerkView} view @param {Ticket} ticket @param {Words} words */
export function alsoText(view, ticket, words) {
  return (ticket.also ?? []).map((service) => words.names(view.services[service]?.names)).join(" · ");
}

/** A sentence of the rule, its numbers written as the language writes them. @param {{code: string, params: Readonly<Record<string, string | number>>}} reason @param {Words} words */
export function reasonText(reason, words) {
  const { n, ...rest } = reason.params;
  /** @type {Record<string, string | number>} */
  const params = {};
  for (const [name, value] of Object.entries(rest)) params[name] = typeof value === "number" ? words.number(value) : value;
  return n === undefined ? words.t(reason.code, params) : words.tn(reason.code, Number(n), params);
}

/** Why a waiting ticket stands where it does. @param {Ticket} ticket @param {number} now @param {Words} words */
export function standingText(ticket, now, words) {
  if (!ticket.why) return "";
  const reason = standsAt(ticket.why, now, (instant) => words.time(instant));
  return reasonText({ code: reason.code, params: { ...reason.params, n: reason.n } }, words);
}

/** The wait against the promise, or the target. @param {Ticket} ticket @param {number} now @param {Words} words */
export function waitWords(ticket, now, words) {
  const state = standing(ticket, now);
  return { state, text: words.t(`desk.wait.${state}`) };
}

/** The counter's own name, or 'Counter 4' where the name is only a number. @param {Words} words @param {Readonly<Record<string, string>> | undefined} names @param {string} [key] how a number is said */
export function counterName(words, names, key = "desk.counter_name") {
  const name = words.names(names);
  return /^\d+\w?$/u.test(name) ? words.t(key, { counter: name }) : name;
}

/** The left side: who is at my counter, the primary act, and the acts beside it. */

import { el, fillWith, say } from "../shared/dom.js";
import { ACTS, allowed, line, mine, minutesSince, primary, served, undoSeconds } from "./model.js";
import { keyed } from "./keyed.js";
import { Person } from "./person.js";
import { alsoText, segmentBadge, reasonText } from "./wording.js";

/** @typedef {import("./model.js").ClerkView} ClerkView */
/** @typedef {import("./model.js").Ticket} Ticket */
/** @typedef {import("./desk.js").Terminal} Terminal */

const LONG_SERVICE = 2;

/** The panel of the person at the counter. */
export class Here {
  /** @param {Terminal} desk */
  constructor(desk) {
    this.desk = desk;
    const { words } = desk;
    this.person = new Person(desk.hall, () => desk.render());
    this.state = el("p", { class: "here-state" });
    this.number = el("p", { class: "here-number numbers" });
    this.service = el("p", { class: "here-service" });
    this.facts = el("dl", { class: "here-facts" });
    this.meter = el("div", { class: "usual", hidden: true }, el("div", { class: "usual-bar" }));
    this.usual = el("p", { class: "usual-words soft", hidden: true });
    this.why = el("details", { class: "here-why", hidden: true }, el("summary", {}, words.t("desk.why_called")), el("ul", { role: "list" }));
    this.primary = primaryButton(desk);
    this.undo = undoButton(desk);
    this.acts = el("div", { class: "here-acts" });
    this.element = el(
      "section",
      { class: "here card", "aria-labelledby": "here-title" },
      el("h2", { id: "here-title", class: "visually-hidden" }, words.t("desk.here")),
      el("div", { class: "here-who" }, this.state, this.number, this.service, this.facts, this.meter, this.usual, this.why),
      el("div", { class: "here-do" }, this.primary.element, this.acts, this.undo.element),
    );
  }

  /** @param {ClerkView} view @param {number} now */
  update(view, now) {
    const { words } = this.desk;
    const ticket = mine(view);
    this.element.dataset.state = ticket ? ticket.state : view.counter.state === "paused" ? "paused" : "free";
    say(this.state, stateWords(view, words));
    say(this.number, ticket ? ticket.number : "–");
    this.number.toggleAttribute("hidden", !ticket);
    say(this.service, ticket ? words.names(view.services[ticket.service]?.names) : emptyWords(view, words));
    this.updateFacts(view, ticket, now);
    this.updateUsual(view, ticket, now);
    this.updateWhy(ticket);
    this.primary.update(view);
    this.undo.update(view, now);
    this.updateActs(view, now);
  }

  /** @param {ClerkView} view @param {Ticket | undefined} ticket @param {number} now */
  updateFacts(view, ticket, now) {
    const known = personFacts(this.person.of(ticket), this.desk.words);
    const facts = ticket ? [...known, ...factsOf(view, ticket, now, this.desk.words), ...bookedFacts(view, ticket, this.desk)] : [];
    keyed(this.facts, facts, (fact) => fact.key, (fact) => el("div", {}, el("dt", {}, this.desk.words.t(`desk.label.${fact.key}`)), el("dd", {})), (row, fact) => {
      const value = /** @type {HTMLElement} */ (row.lastElementChild);
      if (typeof fact.value === "string") say(value, fact.value);
      else if (value.textContent !== fact.value.textContent) fillWith(value, fact.value);
    });
  }

  /** Time in service against the usual: a calm bar that fills, and never turns red before twice the usual. @param {ClerkView} view @param {Ticket | undefined} ticket @param {number} now */
  updateUsual(view, ticket, now) {
    const serving = ticket?.state === "serving";
    this.meter.hidden = !serving;
    this.usual.hidden = !serving;
    if (!ticket || !serving) return;
    const usual = view.services[ticket.service]?.minutes ?? 0;
    const share = usual ? served(ticket, now) / usual : 0;
    const bar = /** @type {HTMLElement} */ (this.meter.firstElementChild);
    bar.style.setProperty("--share", String(Math.min(share, 1)));
    this.meter.dataset.over = String(share >= LONG_SERVICE);
    say(this.usual, this.desk.words.t(share > LONG_SERVICE ? "desk.over_usual" : "desk.usual", { minutes: this.desk.words.number(usual) }));
  }

  /** @param {Ticket | undefined} ticket */
  updateWhy(ticket) {
    const reasons = ticket?.because ?? [];
    this.why.hidden = !reasons.length;
    const list = /** @type {HTMLElement} */ (this.why.lastElementChild);
    const sentences = reasons.map((reason) => reasonText(reason, this.desk.words));
    keyed(list, sentences, (text) => text, (text) => el("li", {}, text), () => {});
  }

  /** @param {ClerkView} view @param {number} now */
  updateActs(view, now) {
    const may = allowed(view, now);
    const ticket = mine(view);
    const shown = ticket ? ACTS.filter((act) => may.has(act) || belongs(act, ticket)) : [];
    const gone = keyed(this.acts, shown, (act) => act, (act) => this.desk.actButton(act), (button, act) => {
      button.setAttribute("aria-disabled", String(!may.has(act)));
    });
    if (gone) this.primary.element.focus();
  }
}

/** Whether an act stands in its place though it is spent, so that buttons do not jump. @param {string} act @param {Ticket} ticket */
function belongs(act, ticket) {
  return ticket.state === "called" ? act === "recall" || act === "requeue" : act === "finish_next";
}

/** The one button whose label is the next sensible act. @param {Terminal} desk */
export function primaryButton(desk) {
  const label = el("span", { class: "primary-label" });
  const key = el("span", { class: "key" }, desk.words.t("desk.space"));
  const element = el("button", { type: "button", class: "button button-primary primary", id: "primary", onclick: () => desk.pressPrimary() }, label, key);
  return {
    element,
    /** @param {ClerkView} view */
    update(view) {
      const act = primary(view);
      say(label, desk.words.t(`desk.act.${act}`));
      element.dataset.act = act;
      key.hidden = !desk.keys.on;
      element.setAttribute("aria-disabled", String(act === "next" && view.hall.state === "suspended"));
      element.toggleAttribute("data-idle", act === "next" && !line(view).ranked.length);
      element.toggleAttribute("data-busy", desk.busy);
    },
  };
}

/** Takes the last act back, while its seconds run. @param {Terminal} desk */
export function undoButton(desk) {
  const label = el("span", {});
  const seconds = el("span", { class: "numbers", "aria-hidden": "true" });
  const key = el("span", { class: "key" });
  const element = el("button", { type: "button", class: "button button-quiet undo", hidden: true, onclick: () => desk.act("undo") }, el("span", { "aria-hidden": "true" }, "↶"), label, seconds, key);
  return {
    element,
    /** @param {ClerkView} view @param {number} now */
    update(view, now) {
      const undo = view.counter.undo;
      const left = undoSeconds(view, now);
      const show = left > 0;
      if (!show && element.contains(document.activeElement)) desk.focusPrimary();
      element.hidden = !show;
      if (!undo || !show) return;
      say(label, desk.words.t(`desk.undo.${undo.act}`, { number: undo.number }));
      say(seconds, desk.words.t("desk.undo.seconds", { s: left }));
      desk.showKey(key, "undo");
    },
  };
}

/** @param {ClerkView} view @param {import("../shared/i18n.js").Words} words */
export function stateWords(view, words) {
  const ticket = mine(view);
  if (ticket) return words.t(`desk.here.${ticket.state}`);
  if (view.counter.state !== "paused") return words.t("desk.here.nobody");
  return view.counter.until ? words.t("desk.here.paused_until", { time: words.time(view.counter.until) }) : words.t("desk.here.paused");
}

/** @param {ClerkView} view @param {import("../shared/i18n.js").Words} words */
function emptyWords(view, words) {
  if (view.counter.state === "paused") return words.t("desk.here.paused_hint");
  return words.t(line(view).ranked.length ? "desk.here.nobody_hint" : "desk.here.nobody_waits");
}

/**
 * @param {ClerkView} view
 * @param {Ticket} ticket
 * @param {number} now
 * @param {import("../shared/i18n.js").Words} words
 * @returns {{key: string, value: string | HTMLElement}[]}
 */
function factsOf(view, ticket, now, words) {
  const called = ticket.called_at ?? ticket.since;
  const waited = words.duration(minutesSince(ticket.since, Date.parse(called)));
  /** @type {{key: string, value: string | HTMLElement}[]} */
  const facts = [
    { key: "segment", value: segmentBadge(view, ticket, words) },
    { key: "waited", value: waited },
    { key: "calls", value: words.t("desk.calls_of", { calls: ticket.calls, max: view.hall.max_calls }) },
  ];
  if (ticket.state === "called") facts.push({ key: "since_call", value: words.duration(minutesSince(called, now)) });
  else facts.push({ key: "service_time", value: words.duration(Math.floor(served(ticket, now))) });
  if (ticket.language !== words.language) {
    const names = new Intl.DisplayNames([words.locale], { type: "language" });
    facts.push({ key: "language", value: names.of(ticket.language) ?? ticket.language });
  }
  return facts;
}

/** Who it is, and what was said. @param {import("./person.js").PersonCard} card @param {import("../shared/i18n.js").Words} words */
function personFacts(card, words) {
  /** @type {{key: string, value: string}[]} */
  const facts = [];
  if (card.name) facts.push({ key: "name", value: card.name });
  if (card.needs) facts.push({ key: "needs", value: card.needs.map((need) => words.t(`desk.need.${need}`)).join(", ") });
  if (card.note) facts.push({ key: "note", value: card.note });
  return facts;
}

/** What a booking adds: further services, and the way to who it is and what they wrote. @param {ClerkView} view @param {Ticket} ticket @param {Terminal} desk */
function bookedFacts(view, ticket, desk) {
  const { words, base } = desk;
  /** @type {{key: string, value: string | HTMLElement}[]} */
  const facts = [];
  if (ticket.also) facts.push({ key: "also", value: alsoText(view, ticket, words) });
  if (ticket.booking) {
    const href = `${base}/appointments/${view.hall.id}/${ticket.booking}`;
    facts.push({ key: "booking", value: el("a", { href, target: "_blank", rel: "noopener" }, words.t("desk.booking_open")) });
  }
  return facts;
}

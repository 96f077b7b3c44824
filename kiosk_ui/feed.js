/** The hall as the kiosk knows it: its set-up, and its queues as they stand. */

import { getJson } from "../shared/api.js";
import { Holds } from "../shared/hold.js";
import { live } from "../shared/live.js";
import { Offers } from "../shared/offer.js";

/** @typedef {import("../shared/i18n.js").Text} Text */
/** @typedef {import("../shared/i18n.js").Estimate} Estimate */
/** @typedef {{opens: string, closes: string}} Span */
/** @typedef {{id: string, letter: string, names: Text, services: string[]}} Group */
/** One choice on the first screen. @typedef {{names: Text, hint?: Text, icon?: string, colour?: string, services: string[]}} Button */
/** @typedef {{names: Text, group: string, minutes: number, documents: Text[], icon?: string, colour?: string, open: boolean, notice?: Text, accepting: boolean, closed_code?: string, offer_when_wait?: number}} Service */
/** @typedef {{id: string, names: Text, hint: Text, offered: string}} Segment */
/** @typedef {{week: Record<string, Span[]>, last_ticket?: Record<string, string>}} Hours */

/**
 * How the office wants its kiosks; seconds.
 *
 * @typedef {object} Settings
 * @property {Button[]} buttons
 * @property {"always" | "ask" | "never"} paper
 * @property {number} copies
 * @property {boolean} phone whether a telephone number for a notice is asked for
 * @property {number} idle_seconds without a touch, until the person is asked whether they need more time
 * @property {number} grace_seconds to answer that
 * @property {number} shown_seconds how long a number stays on the screen
 */

/**
 * The hall's public document.
 *
 * @typedef {object} Hall
 * @property {string} id
 * @property {Text} names
 * @property {{id: string, names: Text, logo?: string, accent?: string}} office
 * @property {string} zone
 * @property {string[]} languages
 * @property {Hours} hours
 * @property {Group[]} groups
 * @property {Record<string, Service>} services
 * @property {Segment[]} segments
 * @property {Settings} kiosk
 * @property {{place?: Text}[]} counters
 * @property {Text} [notice]
 * @property {string[]} [check_in_by] what people who have booked may type; none: the hall takes no bookings
 */

/** @typedef {import("../shared/wire.js").QueueView} QueueView */
/** @typedef {import("../shared/live.js").Meta} Meta */

/** One line as a person meets it. @typedef {{waiting: number, open: number, estimate?: Estimate}} Line */

/** Reasons that mean: the hall as a whole takes nobody at this hour. */
const CLOSED = new Set(["hall_closed", "before_opening", "after_last_ticket"]);

/** What stands in place of a service that the hall no longer has. @type {Service} */
const GONE = { names: {}, group: "", minutes: 0, documents: [], open: false, accepting: false, closed_code: "unknown_service" };

/** Follows one hall; calls `changed` whenever something a screen shows may be different. */
export class HallFeed {
  /**
   * @param {Hall} hall
   * @param {import("./agent.js").Agent} agent
   * @param {{changed: () => void, gone: (code: number) => void}} on
   */
  constructor(hall, agent, on) {
    this.hall = hall;
    this.agent = agent;
    this.on = on;
    /** @type {QueueView | null} */
    this.queue = null;
    /** @type {Meta | null} */
    this.meta = null;
    this.current = false;
    this.holds = new Holds();
    this.offers = new Offers(hall.id, () => on.changed());
    this.connection = live({ view: "queue", hall: hall.id }, {
      onState: (/** @type {QueueView} */ state, /** @type {Meta} */ meta) => this._take(state, meta),
      onStale: () => this._stale(),
      onGone: (/** @type {number} */ code) => on.gone(code),
    });
  }

  /** @param {QueueView} state @param {Meta} meta */
  _take(state, meta) {
    this.queue = state;
    this.meta = meta;
    this.current = true;
    this.on.changed();
  }

  _stale() {
    this.current = false;
    this.on.changed();
  }

  /** Whether the server runs another program than the one this page came from. */
  get outdated() {
    return Boolean(this.meta?.outdated);
  }

  /** Reads the set-up again, since the office may have changed it; keeps the old one when it cannot. */
  async reload() {
    try {
      const hall = await fetchHall(this.hall.id);
      if (JSON.stringify(hall) === JSON.stringify(this.hall)) return;
      this.hall = hall;
      this.on.changed();
    } catch (problem) {
      if (!(problem instanceof Error)) throw problem;
    }
  }

  /** The office's own language. */
  get language() {
    return this.hall.languages[0] || "";
  }

  /** @returns {"open" | "closed" | "suspended"} */
  get state() {
    if (this.agent.away) return this._stateAlone();
    const state = this.queue ? this.queue.hall.state : "open";
    return state === "closed" && this.anyAccepting ? "open" : state;
  }

  /** @returns {"open" | "closed" | "suspended"} as the reasons of all services say */
  _stateAlone() {
    const reasons = Object.keys(this.hall.services).map((id) => this._refusal(id));
    if (reasons.every((reason) => reason === "hall_suspended")) return "suspended";
    return reasons.every((reason) => CLOSED.has(reason)) ? "closed" : "open";
  }

  /** Before opening, tickets may be given out already. */
  get anyAccepting() {
    return Object.keys(this.hall.services).some((id) => this.accepting(id));
  }

  /** @returns {Text | undefined} */
  get notice() {
    return this.queue?.hall.notice ? this.queue.hall.notice : this.hall.notice;
  }

  /** A service of the set-up; one that is gone reads as closed. @param {string} id @returns {Service} */
  service(id) {
    return this.hall.services[id] || GONE;
  }

  /** @param {string} service */
  accepting(service) {
    return !this._refusal(service);
  }

  /** @param {string} service */
  closedCode(service) {
    return this._refusal(service) || "service_closed";
  }

  /** Why a service gives out no numbers; none: it does. While the line is cut, the agent decides. @param {string} id @returns {string} */
  _refusal(id) {
    const service = this.service(id);
    if (this.agent.away) return this.agent.closedCode(id) || (this.agent.providedFor(service.group) ? "" : "numbers_exhausted");
    const line = this.queue?.services[id] || service;
    return line.accepting ? "" : line.closed_code || "service_closed";
  }

  /** @param {string} service @returns {Line | null} null while nothing is known, or nothing current */
  line(service) {
    const line = (this.current && !this.agent.away && this.queue?.services[service]) || null;
    return line && { ...line, estimate: this.holds.of(service, line.estimate, line.waiting) };
  }

  /** A free time to offer beside a number; null where the wait is short or the calendar has no answer. @param {string} service */
  offer(service) {
    const line = this.line(service);
    return line ? this.offers.beside(service, this.service(service).offer_when_wait, line.estimate) : null;
  }

  /** People waiting for any of some services. @param {string[]} services @returns {number | null} */
  waitingFor(services) {
    const lines = services.map((id) => this.line(id));
    if (lines.some((line) => line === null)) return null;
    return lines.reduce((sum, line) => sum + (line ? line.waiting : 0), 0);
  }

  /** The letter before the numbers of some services; empty where they differ. @param {string[]} services */
  letterOf(services) {
    const groups = new Set(services.map((id) => this.service(id).group));
    const group = this.hall.groups.find(({ id }) => groups.has(id));
    return groups.size === 1 && group ? group.letter : "";
  }

  /** Where the number is called, if all counters are in one place. @returns {Text | undefined} */
  get place() {
    const places = this.hall.counters.map(({ place }) => JSON.stringify(place));
    return new Set(places).size === 1 ? this.hall.counters[0]?.place : undefined;
  }

  get offeredSegments() {
    return this.hall.segments.filter((segment) => segment.offered === "kiosk");
  }
}

/** @param {string} id @returns {Promise<Hall>} */
export async function fetchHall(id) {
  return /** @type {Hall} */ (await getJson(`/api/v1/halls/${encodeURIComponent(id)}`));
}

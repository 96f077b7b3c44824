/** The hall as the kiosk knows it: its set-up, and its queues as they stand. */

import { getJson } from "../shared/api.js";
import { live } from "../shared/live.js";
import { Offers } from "../shared/offer.js";

/** @typedef {import("../shared/i18n.js").Text} Text */
/** @typedef {import("../shared/i18n.js").Estimate} Estimate */
/** @typedef {{opens: string, closes: string}} Span */
/** @typedef {{id: string, letter: string, names: Text, icon?: string, colour?: string, services: string[]}} Group */
/** @typedef {{names: Text, group: string, minutes: number, documents: Text[], open: boolean, notice?: Text, accepting: boolean, closed_code?: string, offer_when_wait?: number}} Service */
/** @typedef {{id: string, names: Text, hint: Text, offered: string}} Segment */
/** @typedef {{week: Record<string, Span[]>, last_ticket?: Record<string, string>}} Hours */

/**
 * The hall's public document.
 *
 * @typedef {object} Hall
 * @property {string} id
 * @property {Text} names
 * @property {{id: string, names: Text}} office
 * @property {string} zone
 * @property {string[]} languages
 * @property {Hours} hours
 * @property {Group[]} groups
 * @property {Record<string, Service>} services
 * @property {Segment[]} segments
 * @property {Text} [notice]
 * @property {string[]} [check_in_by] what people who have booked may type; none: the hall takes no bookings
 */

/** @typedef {import("../shared/wire.js").QueueView} QueueView */
/** @typedef {import("../shared/live.js").Meta} Meta */

/** One line as a person meets it. @typedef {{waiting: number, open: number, estimate?: Estimate}} Line */

/** What stands in place of a service that the hall no longer has. @type {Service} */
const GONE = { names: {}, group: "", minutes: 0, documents: [], open: false, accepting: false, closed_code: "unknown_service" };

/** Follows one hall; calls `changed` whenever something a screen shows may be different. */
export class HallFeed {
  /**
   * @param {Hall} hall
   * @param {{changed: () => void, gone: (code: number) => void}} on
   */
  constructor(hall, on) {
    this.hall = hall;
    this.on = on;
    /** @type {QueueView | null} */
    this.queue = null;
    /** @type {Meta | null} */
    this.meta = null;
    this.current = false;
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
      this.hall = await fetchHall(this.hall.id);
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
    const state = this.queue ? this.queue.hall.state : "open";
    return state === "closed" && this.anyAccepting ? "open" : state;
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
    const line = this.queue?.services[service];
    return line ? line.accepting : this.service(service).accepting;
  }

  /** @param {string} service */
  closedCode(service) {
    const line = this.queue?.services[service];
    return (line ? line.closed_code : this.service(service).closed_code) || "service_closed";
  }

  /** @param {string} service @returns {Line | null} null while nothing is known, or nothing current */
  line(service) {
    return (this.current && this.queue?.services[service]) || null;
  }

  /** A free time to offer beside a number; null where the wait is short or the calendar has no answer. @param {string} service */
  offer(service) {
    const line = this.line(service);
    return line ? this.offers.beside(service, this.service(service).offer_when_wait, line.estimate) : null;
  }

  /** @param {Group} group @returns {number | null} */
  waitingIn(group) {
    const lines = group.services.map((id) => this.line(id));
    if (lines.some((line) => line === null)) return null;
    return lines.reduce((sum, line) => sum + (line ? line.waiting : 0), 0);
  }

  get offeredSegments() {
    return this.hall.segments.filter((segment) => segment.offered === "kiosk");
  }
}

/** @param {string} id @returns {Promise<Hall>} */
export async function fetchHall(id) {
  return /** @type {Hall} */ (await getJson(`/api/v1/halls/${encodeURIComponent(id)}`));
}

/** The counters of a hall: what each takes, and what is opened there for a while. */

import { el, say } from "../shared/dom.js";
import { keyed } from "./keyed.js";

/** @typedef {import("../shared/wire.js").ManagerView} ManagerView */
/** @typedef {import("../shared/wire.js").CounterShown} CounterShown */
/** @typedef {import("../shared/wire.js").OpenedShown} OpenedShown */
/** @typedef {import("./supervisor.js").Supervisor} Supervisor */

const MINUTE_MS = 60_000;

/** The panel. */
export class Counters {
  /** @param {Supervisor} page */
  constructor(page) {
    this.page = page;
    this.title = el("h2", { id: "counters-title", tabindex: "-1" }, page.words.t("supervisor.counters"));
    this.list = el("ul", { role: "list", class: "counters" });
    this.element = el("section", { class: "card stack", "aria-labelledby": "counters-title" }, this.title, this.list);
  }

  /** @param {ManagerView} view @param {number} now */
  update(view, now) {
    const counters = Object.entries(view.counters).sort(([, a], [, b]) => a.order - b.order);
    keyed(this.list, counters, ([id]) => id, () => this.row(), (row, [id, counter]) => this.show(row, id, counter, now));
  }

  row() {
    return el("li", { class: "counter" }, el("p", { class: "counter-head" }, el("span", { class: "counter-name" }), el("span", { class: "counter-state" })), el("p", { class: "counter-serves soft" }), el("ul", { role: "list", class: "counter-opened" }));
  }

  /** @param {HTMLElement} row @param {string} id @param {CounterShown} counter @param {number} now */
  show(row, id, counter, now) {
    const { page } = this;
    const [name, state] = /** @type {HTMLElement[]} */ ([...row.querySelectorAll(".counter-head > span")]);
    const serves = /** @type {HTMLElement} */ (row.querySelector(".counter-serves"));
    const opened = /** @type {HTMLElement} */ (row.querySelector(".counter-opened"));
    if (name) say(name, page.nameOf(id));
    if (state) say(state, this.stateWords(counter));
    row.dataset.state = counter.number ? "busy" : counter.state;
    serves.hidden = counter.state === "closed";
    say(serves, this.servesWords(counter));
    const gone = keyed(opened, Object.entries(counter.opened ?? {}), ([service, one]) => `${service} ${one.by}`, ([service, one]) => this.openedRow(id, service, one), (item, [service, one]) => this.showOpened(item, service, one, now));
    if (gone) this.title.focus();
  }

  /** @param {CounterShown} counter */
  stateWords(counter) {
    const { words } = this.page;
    if (counter.number) return words.t("supervisor.counter.busy", { number: counter.number });
    if (counter.state === "paused" && counter.until) return words.t("supervisor.counter.paused_until", { time: words.time(counter.until) });
    return words.t(`supervisor.counter.${counter.state}`);
  }

  /** Its services, first choices first. @param {CounterShown} counter */
  servesWords(counter) {
    const { page } = this;
    const order = Object.keys(page.view?.services ?? {});
    const services = Object.entries(counter.serves).sort(([a, level], [b, other]) => level - other || order.indexOf(a) - order.indexOf(b));
    return page.words.t("supervisor.serves", { services: services.map(([service]) => page.serviceName(service)).join(" · ") });
  }

  /** @param {string} id @param {string} service @param {OpenedShown} one */
  openedRow(id, service, one) {
    const { page } = this;
    const names = { counter: page.nameOf(id), service: page.serviceName(service) };
    const back = one.by === "hand" && el("button", { type: "button", class: "button", "data-part": "back", "aria-label": page.words.t("supervisor.take_back_from", names), onclick: () => page.do({ counter: id, act: "take-back", service }) }, page.words.t("supervisor.take_back"));
    return el("li", { class: "row spread" }, el("span", {}), back);
  }

  /** @param {HTMLElement} item @param {string} service @param {OpenedShown} one @param {number} now */
  showOpened(item, service, one, now) {
    const { words } = this.page;
    const text = /** @type {HTMLElement} */ (item.firstElementChild);
    const name = this.page.serviceName(service);
    if (!one.until) say(text, words.t("supervisor.helps", { time: words.time(one.since), service: name }));
    else say(text, words.t("supervisor.lent", { time: words.time(one.until), left: words.duration(Math.max(0, Math.ceil((Date.parse(one.until) - now) / MINUTE_MS))), service: name }));
  }
}

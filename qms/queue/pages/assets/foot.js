/** The bottom: my counter, my services, my break, and what the other counters do. */

import { el, say } from "../shared/dom.js";
import { allowed } from "./model.js";
import { keyed } from "./keyed.js";
import { counterName } from "./wording.js";

/** @typedef {import("./model.js").ClerkView} ClerkView */
/** @typedef {import("./desk.js").Terminal} Terminal */

/** The strip under the two panels. */
export class Foot {
  /** @param {Terminal} desk */
  constructor(desk) {
    const { words } = desk;
    this.desk = desk;
    this.counter = el("h2", { class: "foot-counter" });
    this.services = el("p", { class: "foot-services" });
    this.opened = el("p", { class: "foot-opened", role: "status", hidden: true });
    this.pause = desk.actButton("pause");
    this.close = desk.actButton("close");
    this.others = el("ul", { role: "list", class: "foot-others", tabindex: "0", "aria-label": words.t("desk.other_counters") });
    this.element = el(
      "footer",
      { class: "foot card" },
      el(
        "div",
        { class: "foot-mine" },
        el("div", { class: "foot-names" }, this.counter, this.services, this.opened),
        el("button", { type: "button", class: "button", "aria-label": words.t("desk.change_services"), onclick: () => desk.choose() }, words.t("desk.change")),
        this.pause,
        this.close,
      ),
      this.others,
    );
  }

  /** @param {ClerkView} view @param {number} now */
  update(view, now) {
    const { words } = this.desk;
    const may = allowed(view, now);
    say(this.counter, counterName(words, view.counter.names));
    say(this.services, servicesText(view, words));
    say(this.opened, openedText(view, words));
    this.opened.hidden = !this.opened.textContent;
    this.pause.setAttribute("aria-disabled", String(!may.has("pause")));
    this.close.setAttribute("aria-disabled", String(!may.has("close")));
    const others = Object.entries(view.counters)
      .filter(([id]) => id !== view.counter.id)
      .sort(([, a], [, b]) => a.order - b.order);
    keyed(this.others, others, ([id]) => id, () => el("li", { class: "other" }, el("span", { class: "other-name" }), el("span", { class: "other-state" })), (row, [, other]) => {
      const name = /** @type {HTMLElement} */ (row.children[0]);
      const state = /** @type {HTMLElement} */ (row.children[1]);
      row.dataset.state = other.number ? "busy" : other.state;
      say(name, counterName(words, other.names));
      say(state, counterState(other, words));
    });
  }
}

/** @param {ClerkView} view @param {import("../shared/i18n.js").Words} words */
function servicesText(view, words) {
  const names = Object.entries(view.counter.profile)
    .sort(([a, level], [b, other]) => level - other || order(view, a) - order(view, b))
    .map(([service]) => words.names(view.services[service]?.names));
  return `${words.t("desk.my_services")} (${words.number(names.length)}): ${names.join(" · ")}`;
}

/** With what the counter helps, or to what it was lent and until when. @param {ClerkView} view @param {import("../shared/i18n.js").Words} words */
function openedText(view, words) {
  const opened = Object.entries(view.counter.opened ?? {}).sort(([a], [b]) => order(view, a) - order(view, b));
  return opened
    .map(([id, { until }]) => {
      const service = words.names(view.services[id]?.names);
      return until ? words.t("desk.lent", { time: words.time(until), service }) : words.t("desk.helps", { service });
    })
    .join(" · ");
}

/** @param {ClerkView} view @param {string} service */
function order(view, service) {
  return view.services[service]?.order ?? 0;
}

/** @param {{state: string, number?: string}} counter @param {import("../shared/i18n.js").Words} words */
export function counterState(counter, words) {
  return counter.number ? words.t("desk.counter_state.busy", { number: counter.number }) : words.t(`desk.counter_state.${counter.state}`);
}

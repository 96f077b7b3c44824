/** Signing on: which counter, and which services at which level. */

import { el, fillWith, say } from "../shared/dom.js";
import { keyed } from "./keyed.js";
import { counterState } from "./foot.js";
import { counterName } from "./wording.js";

/** @typedef {import("./model.js").ClerkView} ClerkView */
/** @typedef {import("./desk.js").Terminal} Terminal */

const LEVELS = [1, 2, 3];

/** The page before work, and again when services or counter change. */
export class SignOn {
  /** @param {Terminal} desk */
  constructor(desk) {
    const { words } = desk;
    this.desk = desk;
    /** @type {string | null} the counter whose services are on the page */
    this.shown = null;
    this.title = el("h1", { tabindex: "-1" });
    this.counters = el("ul", { role: "list", class: "sign-counters" });
    this.services = el("div", { class: "sign-services" });
    this.note = el("p", { class: "notice notice-warn", hidden: true });
    this.problem = el("p", { class: "field-error", role: "alert", hidden: true });
    this.go = el("button", { type: "submit", class: "button button-primary primary" });
    this.back = el("button", { type: "button", class: "button", hidden: true, onclick: () => desk.work() });
    const form = el(
      "form",
      { class: "sign-form card" },
      el("h2", { id: "sign-services" }, words.t("desk.choose_services")),
      el("p", { class: "soft" }, words.t("desk.level_hint")),
      this.services,
      this.note,
      this.problem,
      el("div", { class: "row" }, this.go, this.back),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(new FormData(form));
    });
    this.element = el(
      "div",
      { class: "sign" },
      el("section", { class: "sign-choice", "aria-label": words.t("desk.choose_counter") }, this.title, this.counters),
      form,
    );
  }

  /** @param {ClerkView} view */
  update(view) {
    const { words } = this.desk;
    say(this.title, words.t("desk.choose_counter"));
    const counters = Object.entries(view.counters).sort(([, a], [, b]) => a.order - b.order);
    keyed(this.counters, counters, ([id]) => id, ([id]) => this.counterButton(id), (row, [id, counter]) => {
      const button = /** @type {HTMLElement} */ (row.firstElementChild);
      const name = /** @type {HTMLElement} */ (button.children[0]);
      const state = /** @type {HTMLElement} */ (button.children[1]);
      button.setAttribute("aria-pressed", String(id === view.counter.id));
      row.dataset.state = counter.state;
      say(name, counterName(words, counter.names));
      say(state, counterState(counter, words));
    });
    const mineAlready = this.desk.isMine(view);
    if (this.shown !== view.counter.id) this.listServices(view);
    const taken = view.counter.state !== "closed" && !mineAlready;
    this.note.hidden = !taken;
    say(this.note, words.t("desk.refused.counter_taken"));
    this.go.setAttribute("aria-disabled", String(taken || !Object.keys(view.offered).length));
    const name = words.names(view.counter.names);
    say(this.go, mineAlready ? words.t("desk.save_services") : words.t("desk.open_counter", { counter: name }));
    this.back.hidden = !mineAlready;
    say(this.back, words.t("desk.back_to_work", { counter: name }));
  }

  /** @param {string} id */
  counterButton(id) {
    return el("li", {}, el("button", { type: "button", class: "button sign-counter", onclick: () => this.desk.watch(id) }, el("span", {}), el("span", { class: "soft sign-state" })));
  }

  /** @param {ClerkView} view */
  listServices(view) {
    const { words } = this.desk;
    this.shown = view.counter.id;
    this.problem.hidden = true;
    const offered = Object.entries(view.offered).sort(([a], [b]) => (view.services[a]?.order ?? 0) - (view.services[b]?.order ?? 0));
    const kept = Object.keys(view.counter.profile).length ? view.counter.profile : this.desk.keptProfile();
    const rows = offered.map(([id, level]) => {
      const name = words.names(view.services[id]?.names);
      const taken = kept ? id in kept : true;
      return el(
        "div",
        { class: "sign-service" },
        el("label", { class: "choice" }, el("input", { type: "checkbox", name: "service", value: id, checked: taken }), el("span", {}, name)),
        levelChoice(id, name, kept?.[id] ?? level, words),
      );
    });
    fillWith(this.services, rows.length ? rows : el("p", { class: "empty" }, words.t("desk.no_such_services")));
  }

  /** @param {FormData} data */
  submit(data) {
    if (this.go.getAttribute("aria-disabled") === "true") return;
    const chosen = data.getAll("service").map(String);
    this.problem.hidden = chosen.length > 0;
    say(this.problem, this.desk.words.t("desk.no_services"));
    if (!chosen.length) return;
    this.desk.open(Object.fromEntries(chosen.map((id) => [id, Number(data.get(`level:${id}`))])));
  }
}

/** @param {string} id @param {string} service @param {number} level @param {import("../shared/i18n.js").Words} words */
function levelChoice(id, service, level, words) {
  const levels = LEVELS.includes(level) ? LEVELS : [...LEVELS, level];
  return el(
    "select",
    { name: `level:${id}`, class: "sign-level", "aria-label": words.t("desk.level_of", { service }) },
    ...levels.map((one) => el("option", { value: one, selected: one === level }, words.t("desk.level", { level: one }))),
  );
}

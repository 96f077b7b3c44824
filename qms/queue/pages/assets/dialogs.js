/** Questions that an act asks first: where to, how long, with what outcome; and the keys. */

import { el, fillWith } from "../shared/dom.js";
import { LETTERED, mine } from "./model.js";
import { counterName } from "./wording.js";

/** @typedef {import("./model.js").ClerkView} ClerkView */
/** @typedef {import("./desk.js").Terminal} Terminal */

const BREAKS = [5, 10, 15, 30, 45];
const MINUTE = 60_000;

/**
 * Opens a dialog with a form; it closes on Escape, on cancel, and when `done` has taken the answers.
 *
 * @param {Terminal} desk
 * @param {{title: string, go: string, parts: HTMLElement[], done: (data: FormData) => string | void}} shape `done` answers what is wrong, if anything
 */
function ask(desk, { title, go, parts, done }) {
  const { words } = desk;
  const problem = el("p", { class: "field-error", role: "alert", hidden: true });
  const cancel = el("button", { type: "button", class: "button", onclick: () => dialog.close() }, words.t("desk.cancel"));
  const form = el(
    "form",
    { method: "dialog", class: "dialog-form" },
    el("h2", { id: "dialog-title" }, title),
    el("div", { class: "dialog-parts" }, ...parts),
    problem,
    el("div", { class: "dialog-foot" }, cancel, el("button", { type: "submit", class: "button button-primary" }, go)),
  );
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = done(new FormData(form));
    if (wrong) {
      problem.hidden = false;
      fillWith(problem, wrong);
      return;
    }
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    desk.focusPrimary();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * A group of radio buttons.
 *
 * @param {string} legend
 * @param {string} name
 * @param {{value: string, label: string, note?: string, checked?: boolean}[]} choices
 * @param {string} [kind]
 */
function radios(legend, name, choices, kind = "") {
  const options = choices.map(({ value, label, note, checked }) =>
    el("label", { class: "choice" }, el("input", { type: "radio", name, value, checked: Boolean(checked) }), el("span", {}, label, note ? el("span", { class: "soft choice-note" }, ` ${note}`) : "")),
  );
  return el("fieldset", { class: `radios ${kind}` }, el("legend", { class: "field-label" }, legend), el("div", { class: "radios-list" }, ...options));
}

/** @param {Terminal} desk @param {ClerkView} view */
export function askBreak(desk, view) {
  const { words } = desk;
  const now = desk.now();
  const reasons = ["short", "meal", "office", "helping"].map((reason, index) => ({ value: reason, label: words.t(`desk.pause.reason.${reason}`), checked: index === 0 }));
  const ends = BREAKS.map((minutes) => ({ value: String(minutes), label: words.t("desk.pause.minutes", { minutes, time: words.time(now + minutes * MINUTE) }) }));
  ask(desk, {
    title: `${words.t("desk.pause.title")}: ${counterName(words, view.counter.names)}`,
    go: words.t("desk.pause.go"),
    parts: [
      radios(words.t("desk.pause.reason"), "reason", reasons),
      radios(words.t("desk.pause.until"), "minutes", [{ value: "", label: words.t("desk.pause.open_end"), checked: true }, ...ends]),
    ],
    done(data) {
      const minutes = Number(data.get("minutes"));
      desk.send("pause", { reason: String(data.get("reason")), ...(minutes ? { until: new Date(desk.now() + minutes * MINUTE).toISOString() } : {}) });
    },
  });
}

/** @param {Terminal} desk @param {ClerkView} view */
export function askTransfer(desk, view) {
  const { words } = desk;
  const ticket = mine(view);
  if (!ticket) return;
  const services = servicesOf(view).map(([id, service]) => ({
    value: id === ticket.service ? "" : id,
    label: id === ticket.service ? words.t("desk.transfer.same", { service: words.names(service.names) }) : words.names(service.names),
    note: id === ticket.service ? "" : words.t("desk.transfer.waiting", { count: words.number(service.waiting) }),
    checked: id === ticket.service,
  }));
  services.sort((a, b) => Number(b.checked) - Number(a.checked));
  const counters = Object.entries(view.counters)
    .filter(([id, counter]) => id !== view.counter.id && counter.state !== "closed")
    .sort(([, a], [, b]) => a.order - b.order)
    .map(([id, counter]) => ({ value: id, label: counterName(words, counter.names), note: counter.state === "paused" ? words.t("desk.counter_state.paused") : "" }));
  ask(desk, {
    title: words.t("desk.transfer.title", { number: ticket.number }),
    go: words.t("desk.transfer.go"),
    parts: [
      el("p", { class: "soft" }, words.t("desk.transfer.hint")),
      radios(words.t("desk.transfer.service"), "service", services, "radios-wide"),
      radios(words.t("desk.transfer.counter"), "counter", [{ value: "", label: words.t("desk.transfer.any"), checked: true }, ...counters], "radios-wide"),
    ],
    done(data) {
      const service = String(data.get("service") ?? "");
      const counter = String(data.get("counter") ?? "");
      if (!service && !counter) return words.t("desk.transfer.choose");
      desk.send("transfer", { ticket: ticket.id, ...(service ? { service } : {}), ...(counter ? { counter } : {}) });
    },
  });
}

/** @param {Terminal} desk @param {ClerkView} view */
export function askFinish(desk, view) {
  const { words } = desk;
  const ticket = mine(view);
  if (!ticket) return;
  const services = servicesOf(view).map(([id, service]) => ({ value: id, label: words.names(service.names), checked: id === ticket.service }));
  services.sort((a, b) => Number(b.checked) - Number(a.checked));
  ask(desk, {
    title: words.t("desk.finish.title", { number: ticket.number }),
    go: words.t("desk.act.finish"),
    parts: [
      radios(words.t("desk.finish.outcome"), "outcome", [
        { value: "served", label: words.t("desk.finish.served"), checked: true },
        { value: "not_provided", label: words.t("desk.finish.not_provided") },
      ]),
      radios(words.t("desk.finish.service"), "service", services, "radios-wide"),
    ],
    done(data) {
      const service = String(data.get("service"));
      desk.send("finish", { ticket: ticket.id, outcome: String(data.get("outcome")), ...(service === ticket.service ? {} : { service }) });
    },
  });
}

/** @param {Terminal} desk */
export function askKeys(desk) {
  const { words, keys } = desk;
  const on = el("input", { type: "checkbox", name: "on", checked: keys.on });
  const fields = LETTERED.map((act) =>
    el("label", { class: "key-field" }, el("span", {}, words.t(`desk.act.${act}`)), el("input", { type: "text", name: act, value: keys.letters[act].toUpperCase(), maxlength: 1, autocomplete: "off", size: 2 })),
  );
  const reset = el("button", { type: "button", class: "button button-quiet", onclick: () => {
    for (const act of LETTERED) /** @type {HTMLInputElement} */ (document.querySelector(`.key-field [name="${act}"]`)).value = keys.defaults[act].toUpperCase();
    on.checked = true;
  } }, words.t("desk.keys.reset"));
  ask(desk, {
    title: words.t("desk.keys"),
    go: words.t("desk.done"),
    parts: [el("p", {}, words.t("desk.keys.hint")), el("label", { class: "choice" }, on, el("span", {}, words.t("desk.keys.on"))), el("div", { class: "key-fields" }, ...fields), reset],
    done(data) {
      const wrong = lettersFault(data, words);
      if (wrong) return wrong;
      keys.replace(on.checked, Object.fromEntries(LETTERED.map((act) => [act, String(data.get(act)).toLowerCase()])));
      desk.showKeys();
    },
  });
}

/** @param {FormData} data @param {import("../shared/i18n.js").Words} words */
function lettersFault(data, words) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  for (const act of LETTERED) {
    const letter = String(data.get(act) ?? "").toLowerCase();
    if (!/^\p{L}$/u.test(letter)) return `${words.t(`desk.act.${act}`)}: ${words.t("desk.keys.one_letter")}`;
    const taken = seen.get(letter);
    if (taken) return `${words.t(`desk.act.${act}`)}: ${words.t("desk.keys.taken", { act: words.t(`desk.act.${taken}`) })}`;
    seen.set(letter, act);
  }
  return "";
}

/** @param {ClerkView} view */
function servicesOf(view) {
  return Object.entries(view.services).sort(([, a], [, b]) => a.order - b.order);
}

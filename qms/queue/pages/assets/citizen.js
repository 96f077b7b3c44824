/** What the citizens' pages share: the same words as `format.py`, said again when the live view changes. */

import { loadWords } from "../shared/i18n.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").TicketView} TicketView */
/** @typedef {import("../shared/wire.js").ServiceQueue} ServiceQueue */
/** @typedef {{do: string, figure: string, label: string, wait: string, place: string, suspended: boolean}} TicketWords */

const NEAR = 2;
const CAUSES = /** @type {const} */ (["guard", "first", "appointment", "priority", "points"]);
const ARROWS = /** @type {Record<string, string>} */ ({ left: "←", right: "→", ahead: "↑", back: "↓", up: "↗", down: "↘" });

/** The page's own language. @returns {Promise<Words>} */
export async function pageWords() {
  const { lang } = document.documentElement;
  return /** @type {Words} */ ((await loadWords(["citizen"], [lang])).get(lang));
}

/** @param {string} id @returns {HTMLElement} */
export function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Shows a text, or hides its place where there is none. @param {string} id @param {string} text */
export function put(id, text) {
  const place = part(id);
  place.hidden = !text;
  if (place.textContent !== text) place.textContent = text;
}

/** @param {TicketView} view @param {Words} words @returns {TicketWords} */
export function ticketWords(view, words) {
  const suspended = view.hall.state === "suspended" && (view.state === "waiting" || view.state === "parked");
  const rest = { figure: "", label: "", wait: "", place: "", suspended };
  if (view.state === "waiting") return { ...rest, ...waiting(view, words) };
  if (view.counter && (view.state === "called" || view.state === "serving")) return { ...rest, ...atCounter(view, view.counter, words) };
  return { ...rest, do: words.t(`citizen.do.${view.state}`) };
}

/** @param {TicketView} view @param {Words} words */
function waiting(view, words) {
  const { ahead } = view;
  const wait = words.wait(view.estimate, ahead);
  const near = ahead !== undefined && ahead <= NEAR;
  const todo = words.t(near ? "citizen.do.near" : "citizen.do.waiting");
  if (ahead === undefined) return { do: todo, wait };
  if (ahead > 0) return { do: todo, figure: words.number(ahead), label: words.tn("citizen.ahead", ahead), wait };
  const label = words.t("citizen.next");
  return wait === words.t("common.wait_soon") ? { do: todo, figure: wait, label } : { do: todo, label, wait };
}

/** Who may still be called before the holder, and why: a sentence for each reason, then what is promised. @param {TicketView} view @param {Words} words @returns {string[]} */
export function beforeWords(view, words) {
  const told = view.before;
  if (!told) return [];
  /** @type {Record<string, string>} */
  const params = told.guard === undefined ? {} : { guard: words.number(told.guard) };
  const said = CAUSES.flatMap((cause) => (told.causes[cause] ? [words.tn(`citizen.before.${cause}`, told.causes[cause], params)] : []));
  if (!said.length) said.push(words.t("citizen.before.nobody_now"));
  if (!told.latest || !told.until) return [...said, words.t(`citizen.before.bound_${told.bound}`)];
  return [...said, words.t("citizen.before.latest", { time: words.time(told.latest) }), words.t("citizen.before.until", { time: words.time(told.until) })];
}

/** @param {TicketView} view @param {NonNullable<TicketView["counter"]>} counter @param {Words} words */
function atCounter(view, counter, words) {
  const name = words.names(counter.names);
  const numbered = /^\d+\w?$/u.test(name);
  const call = `citizen.do.${(view.calls ?? 1) > 1 ? "recalled" : "called"}${numbered ? "" : "_named"}`;
  const places = [counter.direction ? `${ARROWS[counter.direction]} ${words.t(`common.direction_${counter.direction}`)}` : "", words.names(counter.place)];
  return {
    do: view.state === "serving" ? words.t("citizen.do.serving") : words.t(call, { counter: name }),
    figure: name,
    label: numbered ? words.t("citizen.counter") : "",
    place: places.filter(Boolean).join(" · "),
  };
}

/** @param {ServiceQueue} line @param {Words} words @returns {{key: string, text: string}[]} */
export function lineFacts(line, words) {
  const facts = [{ key: "people", text: words.number(line.waiting) }];
  if (line.open) {
    facts.push({ key: "wait", text: words.wait(line.estimate, line.waiting) }, { key: "open", text: words.number(line.open) });
  } else {
    facts.push({ key: "open", text: words.t("citizen.queues.none_open") });
  }
  const served = Object.entries(line.serving).sort(([a], [b]) => (a < b ? -1 : 1)).map(([counter, number]) => `${number} → ${counter}`);
  if (served.length) facts.push({ key: "serving", text: served.join(", ") });
  return facts;
}

/** @param {ServiceQueue} line @param {Words} words */
export function closedWords(line, words) {
  const key = `citizen.closed.${line.closed_code ?? "other"}`;
  return words.t(words.has(key) ? key : "citizen.closed.other");
}

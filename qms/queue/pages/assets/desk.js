/** The clerk terminal: one counter, live. The server's answer is the truth; nothing is shown before it. */

import { el, fillWith, say } from "../shared/dom.js";
import { loadWords } from "../shared/i18n.js";
import { live } from "../shared/live.js";
import { Bar } from "./bar.js";
import { askBreak, askFinish, askKeys, askTransfer } from "./dialogs.js";
import { Foot } from "./foot.js";
import { Frame } from "./frame.js";
import { Here } from "./here.js";
import { Keys } from "./keys.js";
import { Line } from "./line.js";
import { allowed, LETTERED, mayCall, mine, primary } from "./model.js";
import { sendAct } from "./outbox.js";
import { SignOn } from "./signon.js";
import { start } from "./starting.js";
import { keep, kept } from "./store.js";
import { counterName } from "./wording.js";

/** @typedef {import("./model.js").ClerkView} ClerkView */
/** @typedef {import("./model.js").Act} Act */
/** @typedef {import("./outbox.js").DeskAnswer} DeskAnswer */
/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {{update: (view: ClerkView, now: number) => void}} Part */
/** @typedef {{kind: string, parts: Part[], primary: HTMLElement}} Screen */

/** Presses within this time after the primary button changed its meaning were meant for the old one. */
const SETTLE_MS = 500;
const TICK_MS = 1000;
/** Catalogue keys of what was done, where they differ from the act's own name. */
const SPOKEN = /** @type {Record<string, string>} */ ({ next: "call", resume: "call", "no-show": "no_show" });
const GONE = /** @type {const} */ ({ 4401: "sign_in", 4403: "not_allowed", 4404: "unknown" });

/** Everything the parts of the page share. */
export class Terminal {
  /** @param {HTMLElement} root @param {Words} words */
  constructor(root, words) {
    const page = document.body.dataset;
    this.words = words;
    this.hall = page.hall ?? "";
    this.me = page.me ?? "";
    this.base = page.base ?? "";
    this.barMode = page.bar === "1";
    this.keys = new Keys(/** @type {Record<Act, string>} */ (Object.fromEntries(LETTERED.map((act) => [act, words.t(`desk.key.${act}`)]))));
    this.frame = new Frame(root, words, { bar: this.barMode, base: this.base, hall: this.hall, choose: () => this.choose(), openBar: () => this.openBar(), keys: () => askKeys(this), dismissed: () => this.focusPrimary() });
    /** @type {() => number} business time, in milliseconds */
    this.now = Date.now;
    this.seen = 0;
    this.busy = false;
    this.stale = false;
    this.choosing = false;
    this.meaning = "";
    this.meantAt = 0;
    this.counter = "";
    /** @type {ClerkView | null} */
    this.view = null;
    /** @type {Screen | null} */
    this.screen = null;
    /** @type {{close: () => void} | null} */
    this.line = null;
    document.addEventListener("keydown", (event) => this.key(event));
    for (const change of ["online", "offline"]) addEventListener(change, () => this.render());
    setInterval(() => this.render(), TICK_MS);
  }

  // The view

  /** Follows a counter. @param {string} counter */
  watch(counter) {
    this.line?.close();
    this.counter = counter;
    keep(`desk.counter.${this.hall}`, counter);
    history.replaceState(null, "", this.address(counter, this.barMode));
    this.line = live({ view: "clerk", hall: this.hall, counter }, {
      onState: (state, meta) => {
        this.now = meta.now;
        this.seen = meta.now();
        this.stale = false;
        this.view = /** @type {ClerkView} */ (state);
        this.words.zone = this.view.hall.zone;
        this.render();
      },
      onStale: (stale) => {
        this.stale = stale;
        this.render();
      },
      onGone: (code) => this.gone(code),
    });
  }

  /** @param {number} code */
  gone(code) {
    this.view = null;
    this.screen = null;
    this.render();
    this.frame.gone(code in GONE ? GONE[/** @type {keyof typeof GONE} */ (code)] : "unknown");
  }

  render() {
    const { view } = this;
    const now = this.now();
    this.frame.update(view, this.stale, this.seen, now);
    if (!view) return;
    this.noteMeaning(view);
    const working = this.isMine(view) && !this.choosing;
    const kind = this.barMode ? (working ? "bar" : "shut") : working ? "work" : "sign";
    if (this.screen?.kind !== kind) this.show(kind);
    for (const part of this.screen?.parts ?? []) part.update(view, now);
    document.title = `${mine(view)?.number ?? counterName(this.words, view.counter.names)} – ${this.words.t("desk.title")}`;
  }

  /** @param {"work" | "bar" | "sign" | "shut"} kind */
  show(kind) {
    this.screen = { work: () => this.workScreen(), bar: () => this.barScreen(), sign: () => this.signScreen(), shut: () => this.shutScreen() }[kind]();
    this.focusPrimary();
  }

  /** @returns {Screen} */
  workScreen() {
    const [here, line, foot] = [new Here(this), new Line(this), new Foot(this)];
    fillWith(this.frame.place, el("h1", { class: "visually-hidden" }, this.words.t("desk.title")), el("div", { class: "desk-work" }, here.element, line.element, foot.element));
    return { kind: "work", parts: [here, line, foot], primary: here.primary.element };
  }

  /** @returns {Screen} */
  barScreen() {
    const bar = new Bar(this);
    fillWith(this.frame.place, bar.element);
    return { kind: "bar", parts: [bar], primary: bar.primary.element };
  }

  /** @returns {Screen} */
  signScreen() {
    const sign = new SignOn(this);
    fillWith(this.frame.place, sign.element);
    return { kind: "sign", parts: [sign], primary: sign.title };
  }

  /** @returns {Screen} */
  shutScreen() {
    const link = el("a", { class: "button button-primary", href: this.address(this.counter, false) }, this.words.t("desk.full"));
    fillWith(this.frame.place, el("section", { class: "bar-shut" }, el("h1", {}, this.words.t("desk.bar.not_open")), link));
    return { kind: "shut", parts: [], primary: link };
  }

  /** Remembers when the primary button last changed its meaning. @param {ClerkView} view */
  noteMeaning(view) {
    const meaning = `${primary(view)} ${view.counter.ticket ?? ""}`;
    if (meaning === this.meaning) return;
    this.meaning = meaning;
    this.meantAt = performance.now();
  }

  /** Whether this clerk sits at the counter. @param {ClerkView} view */
  isMine(view) {
    return view.counter.state !== "closed" && view.counter.clerk === this.me;
  }

  focusPrimary() {
    if (!document.querySelector("dialog[open]")) this.screen?.primary.focus({ preventScroll: true });
  }

  // Acts

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.screen?.kind !== "work" && this.screen?.kind !== "bar") return;
    const act = this.keys.read(event);
    if (!act) return;
    event.preventDefault();
    if (act === "primary") this.pressPrimary();
    else this.act(act);
  }

  pressPrimary() {
    const { view } = this;
    if (!view || performance.now() - this.meantAt < SETTLE_MS) return;
    const act = primary(view);
    const ticket = mine(view);
    if (act === "resume_work") this.send("open", { profile: view.counter.profile });
    else if (act === "next") this.send("next", {});
    else if (ticket) this.send(act, { ticket: ticket.id });
  }

  /** @param {Act} act */
  act(act) {
    const { view } = this;
    if (!view || this.busy || !allowed(view, this.now()).has(act)) return;
    const ticket = mine(view);
    if (act === "pause") askBreak(this, view);
    else if (act === "transfer") askTransfer(this, view);
    else if (act === "finish_other") askFinish(this, view);
    else if (act === "close") this.send("close", {});
    else if (act === "undo") this.send("undo", { ticket: view.counter.undo?.ticket });
    else if (act === "finish_next") this.send("next", { current: ticket?.id });
    else this.send(act.replace("_", "-"), { ticket: ticket?.id });
  }

  /** Calls a chosen person. @param {string} ticket */
  pick(ticket) {
    if (this.view && mayCall(this.view)) this.send("next", { ticket });
  }

  /** Resumes one set aside, or sends a missed one back. @param {"resume" | "requeue"} act @param {string} ticket */
  actOn(act, ticket) {
    if (act === "requeue" || (this.view && mayCall(this.view))) this.send(act, { ticket });
  }

  /** Signs on with a profile. @param {Record<string, number>} profile */
  async open(profile) {
    keep(`desk.profile.${this.hall}.${this.counter}`, profile);
    if (await this.send("open", { profile })) this.work();
  }

  /**
   * Sends one act; while it is under way, others are not taken.
   *
   * @param {string} act
   * @param {Record<string, unknown>} body
   */
  async send(act, body) {
    if (this.busy || !this.view) return false;
    this.busy = true;
    this.render();
    const outcome = await sendAct(`/api/v1/counters/${this.hall}.${this.counter}/${act}`, body);
    this.busy = false;
    const before = this.view;
    if (outcome.fresh) this.take(outcome.fresh);
    if (outcome.ok) this.speak(act, body, before);
    else this.frame.refuse(outcome.code, outcome.fresh);
    this.render();
    this.focusPrimary();
    return outcome.ok;
  }

  /** Puts an answer's counter and ticket into the view; the live view soon says the same. @param {DeskAnswer} fresh */
  take(fresh) {
    if (!this.view || fresh.counter.id !== this.view.counter.id) return;
    const id = fresh.counter.ticket;
    const tickets = id && fresh.ticket ? { ...this.view.tickets, [id]: { ...this.view.tickets[id], ...fresh.ticket } } : this.view.tickets;
    this.view = { ...this.view, counter: fresh.counter, tickets };
  }

  /** @param {string} act @param {Record<string, unknown>} body @param {ClerkView} before */
  speak(act, body, before) {
    const id = String(body.ticket ?? this.view?.counter.ticket ?? "");
    const number = this.view?.tickets[id]?.number ?? before.tickets[id]?.number ?? "";
    this.frame.speak(this.words.t(`desk.said.${SPOKEN[act] ?? act}`, { number }));
  }

  // Places

  /** Shows the choice of counter and services. */
  choose() {
    this.choosing = true;
    this.render();
  }

  /** Back to work at the counter. */
  work() {
    this.choosing = false;
    this.render();
  }

  /** The profile with which this browser last opened the counter. @returns {Record<string, number> | null} */
  keptProfile() {
    return kept(`desk.profile.${this.hall}.${this.counter}`);
  }

  /** @param {string} counter @param {boolean} bar */
  address(counter, bar) {
    return `${this.base}/desk/${this.hall}?counter=${encodeURIComponent(counter)}${bar ? "&bar=1" : ""}`;
  }

  openBar() {
    if (this.counter) window.open(this.address(this.counter, true), "qms-bar", "popup,width=420,height=200");
  }

  /** A button for an act, with its letter. @param {Act} act */
  actButton(act) {
    const key = el("span", { class: "key", "data-key-of": act });
    this.showKey(key, act);
    return el("button", { type: "button", class: "button act", "data-part": act, onclick: () => this.act(act) }, el("span", {}, this.words.t(`desk.act.${act}`)), key);
  }

  /** @param {HTMLElement} key @param {Act} act */
  showKey(key, act) {
    key.hidden = !this.keys.on;
    say(key, this.keys.letters[act].toUpperCase());
  }

  /** After the letters were changed. */
  showKeys() {
    for (const key of document.querySelectorAll("[data-key-of]")) this.showKey(/** @type {HTMLElement} */ (key), /** @type {Act} */ (/** @type {HTMLElement} */ (key).dataset.keyOf));
    this.render();
  }
}

/** The counter to begin with: of the address, else the last one here, else the hall's first. @param {string} hall @param {string} base */
async function firstCounter(hall, base) {
  const asked = new URLSearchParams(location.search).get("counter");
  if (asked) return asked;
  const response = await fetch(`${base}/api/v1/halls/${hall}`);
  if (!response.ok) throw new Error(`hall ${hall}: ${response.status}`);
  /** @type {{id: string}[]} */
  const counters = (await response.json()).counters;
  const last = kept(`desk.counter.${hall}`);
  return (counters.find(({ id }) => id === last) ?? counters[0])?.id ?? "";
}

const root = /** @type {HTMLElement} */ (document.getElementById("desk"));
await start(root, async () => {
  const { hall = "", base = "" } = document.body.dataset;
  const language = document.documentElement.lang;
  const [words, counter] = await Promise.all([loadWords(["desk"], [language]), firstCounter(hall, base)]);
  new Terminal(root, /** @type {Words} */ (words.get(language))).watch(counter);
});

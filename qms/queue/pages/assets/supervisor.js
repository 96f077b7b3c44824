/** How a hall stands, live: its lines by trouble, what could be done, and its counters. */

import { guarded, post } from "../shared/api.js";
import { el, fillWith, say } from "../shared/dom.js";
import { loadWords } from "../shared/i18n.js";
import { live } from "../shared/live.js";
import { Counters } from "./counters.js";
import { Proposals } from "./proposals.js";
import { start } from "./starting.js";
import { Lines, summary } from "./trouble.js";
import { counterName } from "./wording.js";

/** @typedef {import("../shared/wire.js").ManagerView} ManagerView */
/** @typedef {import("../shared/wire.js").DeskAnswer} DeskAnswer */
/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {{counter: string, act: "lend" | "take-back", service: string, minutes?: number}} Deed  Something to do at a counter. */

const TICK_MS = 1000;
const MINUTE_MS = 60_000;
/** A counter is lent for so many minutes at the least. */
const SHORTEST = 5;
const GONE = /** @type {Record<number, string>} */ ({ 4401: "sign_in", 4403: "not_allowed", 4404: "unknown" });

/** Everything the parts of the page share. */
export class Supervisor {
  /** @param {HTMLElement} root @param {Words} words */
  constructor(root, words) {
    this.words = words;
    this.hall = root.dataset.hall ?? "";
    this.base = root.dataset.base ?? "";
    /** @type {() => number} business time, in milliseconds */
    this.now = Date.now;
    this.seen = 0;
    /** @type {ManagerView | null} */
    this.view = null;
    /** What takes back the last thing that was done here. @type {Deed | null} */
    this.undoing = null;
    this.do = guarded((/** @type {Deed} */ deed) => this.put(deed));
    this.stale = el("p", { class: "band", role: "status", hidden: true });
    this.sum = el("p", { class: "stands-sum", role: "status" });
    this.spoken = el("p", {});
    this.undo = el("button", { type: "button", class: "button", onclick: () => this.undoing && this.do(this.undoing) }, words.t("supervisor.undo"));
    this.done = el("div", { class: "notice notice-ok row spread", hidden: true }, this.spoken, this.undo);
    this.refusal = el("p", {});
    this.refused = el("div", { class: "problem row spread", hidden: true }, this.refusal, el("button", { type: "button", class: "button", onclick: () => this.dismiss() }, words.t("supervisor.dismiss")));
    this.lines = new Lines(words);
    this.proposals = new Proposals(this);
    this.counters = new Counters(this);
    this.place = el("div", { class: "stack", hidden: true }, this.sum, this.proposals.element, this.lines.element, this.counters.element);
    fillWith(root, this.stale, el("div", { role: "status" }, this.done), el("div", { role: "alert" }, this.refused), this.place);
    setInterval(() => this.render(), TICK_MS);
  }

  watch() {
    live({ view: "manager", hall: this.hall }, {
      onState: (state, meta) => {
        this.now = meta.now;
        this.seen = meta.now();
        this.view = /** @type {ManagerView} */ (state);
        this.words.zone = this.view.hall.zone;
        this.stale.hidden = true;
        this.render();
      },
      onStale: (stale) => {
        this.stale.hidden = !stale;
        say(this.stale, this.words.t("supervisor.stale", { time: this.words.time(this.seen || this.now()) }));
      },
      onGone: (code) => this.gone(GONE[code] ?? "unknown"),
    });
  }

  render() {
    const { view } = this;
    if (!view) return;
    const now = this.now();
    this.place.hidden = false;
    const { tone, text } = summary(view, this.words);
    this.sum.dataset.tone = tone;
    say(this.sum, text);
    this.proposals.update(view);
    this.lines.update(view);
    this.counters.update(view, now);
  }

  /** @param {string} why */
  gone(why) {
    const signIn = why === "sign_in";
    const link = el("a", { class: "button button-primary", href: signIn ? `${this.base}/sign-in?next=${encodeURIComponent(location.pathname)}` : `${this.base}/staff` }, this.words.t(signIn ? "supervisor.sign_in" : "staff.start"));
    this.view = null;
    this.done.hidden = true;
    this.place.hidden = false;
    fillWith(this.place, el("section", { class: "card stack" }, el("p", {}, this.words.t(`supervisor.gone.${why}`)), link));
    link.focus();
  }

  // Deeds

  /** Does something at a counter, and says what became of it. @param {Deed} deed */
  async put(deed) {
    const { counter, act, service, minutes } = deed;
    const before = this.view?.counters[counter]?.opened?.[service];
    const answer = await post(`/api/v1/counters/${this.hall}.${counter}/${act}`, act === "lend" ? { service, minutes } : { service });
    if (answer.ok) this.tell(deed, answer.body, before?.until);
    else this.refuse(deed, answer.body.title ?? "", answer.body.fresh);
    this.render();
  }

  /** @param {Deed} deed @param {DeskAnswer} answer @param {string | undefined} until when it would have come back */
  tell(deed, answer, until) {
    const { words } = this;
    const { counter, act, service } = deed;
    this.take(answer);
    const name = this.nameOf(counter);
    if (act === "lend") {
      const ends = answer.counter.opened?.[service]?.until ?? "";
      say(this.spoken, words.t("supervisor.said.lent", { counter: name, service: this.serviceName(service), time: ends ? words.time(ends) : "" }));
      this.undoing = { counter, act: "take-back", service };
    } else {
      const left = until ? Math.round((Date.parse(until) - this.now()) / MINUTE_MS) : 0;
      say(this.spoken, words.t("supervisor.said.back", { counter: name }));
      this.undoing = left >= SHORTEST ? { counter, act: "lend", service, minutes: left } : null;
    }
    this.refused.hidden = true;
    this.done.hidden = false;
    this.undo.hidden = !this.undoing;
    if (this.undoing) this.undo.focus();
  }

  /** @param {Deed} deed @param {string} title @param {DeskAnswer | undefined} fresh */
  refuse(deed, title, fresh) {
    if (fresh) this.take(fresh);
    say(this.refusal, `${title || this.words.t("supervisor.unanswered")} ${fresh ? this.freshWords(deed.counter, fresh) : ""}`.trim());
    this.refused.hidden = false;
    this.done.hidden = true;
    this.refused.querySelector("button")?.focus();
  }

  /** How a counter stands, in a sentence. @param {string} counter @param {DeskAnswer} fresh */
  freshWords(counter, fresh) {
    const { words } = this;
    const name = this.nameOf(counter);
    if (fresh.counter.state === "closed") return words.t("supervisor.fresh.closed", { counter: name });
    const [service, lent] = Object.entries(fresh.counter.opened ?? {}).find(([, one]) => one.by === "hand") ?? [];
    if (!service || !lent?.until) return words.t("supervisor.fresh.own", { counter: name });
    return words.t("supervisor.fresh.lent", { counter: name, time: words.time(lent.until), service: this.serviceName(service) });
  }

  /** Puts an answer's counter into the view; the live view soon says the same. @param {DeskAnswer} answer */
  take(answer) {
    const { id, state, opened } = answer.counter;
    const shown = this.view?.counters[id];
    if (!this.view || !shown) return;
    const proposals = Object.fromEntries(Object.entries(this.view.proposals).filter(([, one]) => one.counter !== id));
    this.view = { ...this.view, proposals, counters: { ...this.view.counters, [id]: { ...shown, state, opened } } };
  }

  dismiss() {
    this.refused.hidden = true;
    this.proposals.focus();
  }

  // Names

  /** @param {string} counter */
  nameOf(counter) {
    return counterName(this.words, this.view?.counters[counter]?.names, "supervisor.counter_name");
  }

  /** @param {string} service */
  serviceName(service) {
    return this.words.names(this.view?.services[service]);
  }
}

const root = /** @type {HTMLElement} */ (document.getElementById("supervisor"));
await start(root, async () => {
  const language = document.documentElement.lang;
  const words = /** @type {Words} */ ((await loadWords(["supervisor", "staff"], [language])).get(language));
  new Supervisor(root, words).watch();
});

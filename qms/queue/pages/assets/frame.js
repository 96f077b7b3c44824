/** What stands around the work: head, bands that say what is not as usual, refusals, and what is read aloud. */

import { el, fillWith, say } from "../shared/dom.js";

/** @typedef {import("./model.js").ClerkView} ClerkView */
/** @typedef {import("./outbox.js").DeskAnswer} DeskAnswer */
/** @typedef {import("../shared/i18n.js").Words} Words */

/** The page's fixed parts; the work goes into `place`. */
export class Frame {
  /**
   * @param {HTMLElement} root
   * @param {Words} words
   * @param {{bar: boolean, base: string, hall: string, choose: () => void, openBar: () => void, keys: () => void, dismissed: () => void}} page
   */
  constructor(root, words, page) {
    this.root = root;
    this.words = words;
    this.page = page;
    this.band = el("p", { class: "band", role: "status", hidden: true });
    this.hallBand = el("p", { class: "band hall-band", role: "status", hidden: true });
    this.printerBand = el("p", { class: "band hall-band", role: "status", hidden: true });
    this.spoken = el("p", { class: "visually-hidden", role: "status" });
    this.refusalText = el("p", {});
    const dismiss = el("button", { type: "button", class: "button", onclick: () => this.dismiss() }, words.t("desk.dismiss"));
    this.refusal = el("div", { class: "problem refusal", hidden: true }, this.refusalText, dismiss);
    this.alert = el("div", { role: "alert" }, this.refusal);
    this.place = el("main", { class: "desk-place" }, el("p", { class: "empty" }, words.t("desk.loading")));
    this.hallName = el("span", { class: "desk-hall" });
    this.clock = el("span", { class: "desk-clock numbers" });
    fillWith(root, page.bar ? "" : this.head(), this.band, this.hallBand, this.printerBand, this.alert, this.place, this.spoken);
  }

  head() {
    const { words, page } = this;
    /** @param {string} key @param {() => void} press */
    const tool = (key, press) => el("button", { type: "button", class: "button button-quiet", onclick: press }, words.t(key));
    this.tools = el("span", { class: "desk-tools" }, tool("desk.change_counter", page.choose), tool("desk.bar", page.openBar), tool("desk.keys", page.keys), el("a", { class: "button button-quiet", href: `${page.base}/appointments/${page.hall}` }, words.t("desk.appointments")), el("a", { class: "button button-quiet", href: `${page.base}/staff` }, words.t("desk.to_start")));
    return el("header", { class: "bar desk-head" }, this.hallName, this.clock, this.tools);
  }

  /** @param {ClerkView | null} view @param {boolean} stale @param {number} seen business time of the last news @param {number} now */
  update(view, stale, seen, now) {
    const { words } = this;
    const offline = !navigator.onLine;
    this.band.hidden = !(offline || stale) || !view;
    this.root.classList.toggle("is-stale", !this.band.hidden);
    if (!this.band.hidden) say(this.band, words.t(offline ? "desk.offline" : "desk.stale", { time: words.time(seen) }));
    const state = view?.hall.state ?? "open";
    this.hallBand.hidden = state === "open";
    if (!view) return;
    const notice = view.hall.notice ? ` ${words.names(view.hall.notice)}` : "";
    say(this.hallBand, words.t(state === "suspended" ? "desk.suspended" : "desk.outside_hours") + notice);
    const printers = Object.values(view.hall.printers || {});
    this.printerBand.hidden = !printers.length;
    say(this.printerBand, printers.map(({ name, state: how }) => words.t(`desk.printer.${how}`, { name })).join(" · "));
    say(this.hallName, words.names(view.hall.names));
    say(this.clock, words.time(now));
  }

  /** Reads out what was done. @param {string} text */
  speak(text) {
    this.refusal.hidden = true;
    say(this.spoken, text);
  }

  /** Says plainly what did not happen, and how things stand. @param {string} code @param {DeskAnswer | undefined} fresh */
  refuse(code, fresh) {
    const { words } = this;
    const key = words.has(`desk.refused.${code}`) ? code : "other";
    fillWith(this.refusalText, `${words.t(`desk.refused.${key}`)} ${fresh ? freshWords(fresh, words) : ""}`.trim());
    this.refusal.hidden = false;
  }

  dismiss() {
    this.refusal.hidden = true;
    this.page.dismissed();
  }

  /** The page has no work to show. @param {"sign_in" | "not_allowed" | "unknown"} why */
  gone(why) {
    const { words, page } = this;
    const signIn = why === "sign_in";
    const link = el("a", { class: "button button-primary", href: `${page.base}${signIn ? "/sign-in" : "/staff"}` }, words.t(signIn ? "desk.sign_in" : "desk.to_start"));
    fillWith(this.place, el("section", { class: "desk-gone card stack" }, el("h1", {}, words.t("desk.title")), el("p", {}, words.t(`desk.gone.${why}`)), link));
    link.focus();
  }
}

/** How things stand, in a sentence. @param {DeskAnswer} fresh @param {Words} words */
function freshWords(fresh, words) {
  if (fresh.counter.state !== "open") return words.t(`desk.fresh.${fresh.counter.state}`);
  return fresh.ticket && fresh.counter.ticket ? words.t("desk.fresh.number", { number: fresh.ticket.number }) : words.t("desk.fresh.free");
}

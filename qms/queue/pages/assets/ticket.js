/** The phone's ticket page: what the server rendered, kept current, and a sound when the number is called. */

import { el } from "../shared/dom.js";
import { Holds } from "../shared/hold.js";
import { live } from "../shared/live.js";
import { beforeWords, pageWords, part, put, ticketWords } from "./citizen.js";
import { Notify } from "./notify.js";
import { Signal } from "./signal.js";

/** @typedef {import("../shared/wire.js").TicketView} TicketView */
/** @typedef {import("../shared/i18n.js").Words} Words */

const OVER = new Set(["finished", "missed", "cancelled", "lapsed"]);

class TicketPage {
  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.signal = new Signal();
    this.holds = new Holds();
    this.call = "";
    /** @type {() => number} */
    this.now = Date.now;
    this.seen = 0;
    /** @type {TicketView | undefined} */
    this.view = undefined;
    part("refresh").hidden = true;
    this.offerSound();
    this.offerToStay();
    this.notify = new Notify(words, document.body.dataset.token ?? "");
    this.notify.offer();
  }

  follow() {
    this.line = live({ view: "ticket", token: document.body.dataset.token }, {
      onState: (state, meta) => {
        this.now = meta.now;
        this.seen = meta.now();
        put("stale", "");
        this.show(/** @type {TicketView} */ (state));
      },
      onStale: (stale) => put("stale", stale ? this.words.t("citizen.stale", { time: this.words.time(this.seen || this.now()) }) : ""),
      onGone: () => location.reload(),
    });
    setInterval(() => this.again(), 10_000);
  }

  /** What was heard last, said as it is now: a range is not held for ever though nothing happens. */
  again() {
    if (this.view) this.show(this.view);
  }

  /** @param {TicketView} view */
  show(view) {
    this.view = view;
    const { words } = this;
    words.zone = view.hall.zone;
    const said = ticketWords({ ...view, estimate: this.holds.of("ticket", view.estimate, view.ahead) }, words);
    part("now").dataset.state = view.state;
    for (const slot of /** @type {const} */ (["figure", "label", "wait", "place", "do"])) put(slot, said[slot]);
    part("suspended").hidden = !said.suspended;
    this.showBefore(view);
    this.showPass(view);
    this.notify.hide(view.state === "called" || view.state === "serving");
    part("leave").hidden = view.state !== "waiting" && view.state !== "parked";
    this.stamp();
    this.announce(view, said.do);
    if (OVER.has(view.state)) this.end();
  }

  /** Who may still be called first; nothing is touched that stays as it is, so that it can be read in peace. @param {TicketView} view */
  showBefore(view) {
    part("before").hidden = view.state !== "waiting";
    const said = beforeWords(view, this.words);
    const list = part("before-list");
    if (said.join() === [...list.children].map((line) => line.textContent).join()) return;
    list.replaceChildren(...said.map((sentence) => el("li", {}, sentence)));
  }

  /** How many people may still be let go first. @param {TicketView} view */
  showPass(view) {
    const left = view.state === "waiting" ? (view.let_pass ?? 0) : 0;
    part("pass").hidden = !left;
    /** @type {HTMLInputElement} */ (part("pass-people")).max = String(Math.max(left, 1));
    part("pass-left").textContent = this.words.tn("citizen.pass.left", left);
  }

  /** Sounds, vibrates and speaks at each call once. @param {TicketView} view @param {string} sentence */
  announce(view, sentence) {
    const call = view.state === "called" ? `${view.called_at} ${view.calls}` : "";
    if (call && call !== this.call) {
      this.signal.sound();
      document.title = `${view.number} → ${this.words.names(view.counter?.names)}`;
    } else if (!call) {
      document.title = this.words.t("citizen.title", { number: view.number });
    }
    this.call = call;
    if (part("spoken").textContent !== sentence) part("spoken").textContent = sentence;
  }

  stamp() {
    if (this.seen) put("as-of", this.words.t("citizen.as_of", { time: this.words.time(this.now()) }));
  }

  /** The visit is over: nothing more will change. */
  end() {
    this.line?.close();
    for (const id of ["sound", "as-of"]) part(id).hidden = true;
    this.signal.stop();
    this.notify.end();
  }

  offerSound() {
    const box = part("sound");
    const button = /** @type {HTMLElement} */ (box.querySelector("button"));
    box.hidden = !this.signal.possible;
    button.addEventListener("click", async () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      button.textContent = this.words.t(on ? "citizen.sound.is_on" : "citizen.sound.on");
      if (on) await this.signal.start();
      else this.signal.stop();
    });
  }

  offerToStay() {
    const stay = part("stay");
    stay.hidden = false;
    stay.addEventListener("click", () => {
      const leave = /** @type {HTMLDetailsElement} */ (part("leave"));
      leave.open = false;
      leave.querySelector("summary")?.focus();
    });
  }
}

new TicketPage(await pageWords()).follow();

/** 'Tell me when my turn is near': a notice that arrives also while the page is closed (Web Push). */

import { BASE } from "../shared/base.js";
import { getJson, post } from "../shared/api.js";
import { part } from "./citizen.js";

/** @typedef {import("../shared/i18n.js").Words} Words */

const KEPT = "qms.notify";
/** Where the browser keeps the secret of the ticket for which it asked. */

/** The button, and what it says. */
export class Notify {
  /** @param {Words} words @param {string} token */
  constructor(words, token) {
    this.words = words;
    this.path = `/api/v1/tickets/${token}/push`;
    this.token = token;
    this.key = "";
    this.over = false;
    this.late = false;
    this.on = false;
    this.box = part("notify");
    this.button = /** @type {HTMLButtonElement} */ (this.box.querySelector("button"));
    this.button.addEventListener("click", () => this.press());
  }

  /** Shows the button where server and browser can do it. */
  async offer() {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
    try {
      this.key = (await getJson("/api/v1/push")).key ?? "";
    } catch {
      return; // no answer: the page works without
    }
    if (!this.key || this.over) return;
    this.show(localStorage.getItem(KEPT) === this.token && Notification.permission === "granted");
    this.box.hidden = this.late;
  }

  /** Whoever has been called needs no notice any more. @param {boolean} late */
  hide(late) {
    this.late = late;
    this.box.hidden = late || !this.key || this.over;
  }

  /** The visit is over. */
  end() {
    this.over = true;
    this.box.hidden = true;
    if (localStorage.getItem(KEPT) === this.token) localStorage.removeItem(KEPT);
  }

  async press() {
    if (this.button.dataset.busy) return;
    this.button.dataset.busy = "true";
    try {
      if (this.on) await this.stop();
      else await this.ask();
    } catch {
      this.say("failed");
    }
    delete this.button.dataset.busy;
  }

  async ask() {
    if ((await Notification.requestPermission()) !== "granted") {
      this.say("denied");
      return;
    }
    await navigator.serviceWorker.register(`${BASE}/push.js`, { scope: `${BASE}/` });
    const { pushManager } = await navigator.serviceWorker.ready;
    await (await pushManager.getSubscription())?.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.key });
    const { endpoint, keys } = made.toJSON();
    const answer = await post(this.path, { endpoint, keys });
    if (!answer.ok) throw new Error(answer.code);
    localStorage.setItem(KEPT, this.token);
    this.show(true);
  }

  async stop() {
    const answer = await post(this.path, {}, { method: "DELETE" });
    if (!answer.ok) throw new Error(answer.code);
    localStorage.removeItem(KEPT);
    this.show(false);
  }

  /** @param {boolean} on */
  show(on) {
    this.on = on;
    this.button.setAttribute("aria-pressed", String(on));
    this.button.textContent = this.words.t(on ? "citizen.notify.is_on" : "citizen.notify.on");
    this.say("hint");
  }

  /** @param {"hint" | "denied" | "failed"} what */
  say(what) {
    const said = /** @type {HTMLElement} */ (this.box.querySelector("p"));
    said.textContent = this.words.t(`citizen.notify.${what}`);
  }
}

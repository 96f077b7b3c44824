/** Above: whose hall this is, and its clock. */

import { BASE } from "../shared/base.js";
import { el, say } from "../shared/dom.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/live.js").Meta} Meta */

/** Names the office and the hall, and tells business time. */
export class Masthead extends HTMLElement {
  constructor() {
    super();
    this.logo = el("img", { class: "masthead-logo", alt: "", hidden: true });
    this.logo.onload = () => {
      this.logo.hidden = false;
    };
    this.office = el("p", { class: "masthead-office" });
    this.hall = el("h1", { class: "masthead-hall" });
    this.demo = el("p", { class: "masthead-demo", hidden: true });
    this.time = el("p", { class: "masthead-time" });
    this.day = el("p", { class: "masthead-day" });
  }

  connectedCallback() {
    if (this.firstChild) return;
    this.append(
      this.logo,
      el("div", { class: "masthead-names" }, this.office, this.hall),
      this.demo,
      el("div", { class: "masthead-clock" }, this.time, this.day),
    );
  }

  /** @param {string} office @param {string[]} halls */
  name(office, halls) {
    say(this.office, office);
    say(this.hall, halls.join(" · "));
  }

  /** The office's logo, where it has one that can be seen. @param {string} hall @param {string} [logo] */
  bear(hall, logo) {
    const address = logo ? `${BASE}/media/${hall}/${logo}` : "";
    if (address === (this.logo.getAttribute("src") || "")) return;
    this.logo.hidden = true;
    if (address) this.logo.src = address;
    else this.logo.removeAttribute("src");
  }

  /** @param {Meta} meta @param {Words} words */
  tell(meta, words) {
    const now = meta.now();
    say(this.time, words.time(now));
    say(this.day, words.day(now).replace(/(\d+\.?) /, "$1\u00a0"));
    this.demo.hidden = meta.speed === 1;
    say(this.demo, words.t("common.demo_speed", { speed: words.number(meta.speed) }));
  }
}

customElements.define("board-masthead", Masthead);

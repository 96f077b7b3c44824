/** Above: whose hall this is, and its clock. */

import { el, fillWith, say } from "../shared/dom.js";
import { addressOf } from "./media.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/live.js").Meta} Meta */

const AGAIN_MS = 20000;

/** Names the office and the hall, and tells business time. */
export class Masthead extends HTMLElement {
  constructor() {
    super();
    this.mark = el("span", { class: "masthead-mark" });
    this.home = "";
    this.logo = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.office = el("p", { class: "masthead-office" });
    this.hall = el("h1", { class: "masthead-hall" });
    this.demo = el("p", { class: "masthead-demo", hidden: true });
    this.time = el("p", { class: "masthead-time" });
    this.day = el("p", { class: "masthead-day" });
  }

  connectedCallback() {
    if (this.firstChild) return;
    this.append(
      this.mark,
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
  bear(hall, logo = "") {
    if (hall === this.home && logo === this.logo) return;
    this.home = hall;
    this.logo = logo;
    this.mark.replaceChildren();
    this.draw();
  }

  /** Loads the logo, and again from time to time: the office may have put another one in its place. */
  async draw() {
    clearTimeout(this.timer);
    const { home: hall, logo } = this;
    if (!logo) return;
    this.timer = setTimeout(() => this.draw(), AGAIN_MS);
    const address = await addressOf(hall, logo).catch(() => "");
    if (!address || this.mark.querySelector("img")?.getAttribute("src") === address) return;
    const image = el("img", { class: "masthead-logo", alt: "" });
    image.onload = () => {
      if (hall === this.home && logo === this.logo) fillWith(this.mark, image);
    };
    image.src = address;
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

/** The middle of a screen: when it is longer than the room, a button shows the rest, since few people scroll. */

import { el, say } from "../shared/dom.js";
import { icon } from "../shared/icons.js";

/** @typedef {import("../shared/dom.js").Child} Child */
/** @typedef {import("../shared/i18n.js").Words} Words */

const TURN = 0.8;
const SLACK_PX = 4;

/** Holds what scrolls, and the button that turns to the rest of it. */
export class Content extends HTMLElement {
  /** @param {Words} [words] @param {...(Child | Child[])} children */
  constructor(words, ...children) {
    super();
    this.words = words;
    this.room = el("div", { class: "content-room" }, ...children);
    this.label = el("span", {});
    this.more = el("button", { class: "button content-more", type: "button", hidden: true, onclick: () => this.turn() },
      icon("down-small"), this.label);
    this.room.addEventListener("scroll", () => this.look(), { passive: true });
    this.watch = new ResizeObserver(() => this.look());
  }

  connectedCallback() {
    this.replaceChildren(this.room, this.more);
    this.watch.observe(this.room);
    for (const child of this.room.children) this.watch.observe(child);
    this.look();
  }

  disconnectedCallback() {
    this.watch.disconnect();
  }

  get atEnd() {
    return this.room.scrollTop + this.room.clientHeight >= this.room.scrollHeight - SLACK_PX;
  }

  look() {
    const room = this.clientHeight - (this.more.hidden ? 0 : this.more.offsetHeight);
    this.more.hidden = this.room.scrollHeight <= Math.max(room, this.room.clientHeight) + SLACK_PX;
    if (this.more.hidden) this.room.removeAttribute("tabindex");
    else this.room.tabIndex = 0;
    if (this.more.hidden || !this.words) return;
    const end = this.atEnd;
    this.more.classList.toggle("at-end", end);
    say(this.label, this.words.t(end ? "kiosk.more_above" : "kiosk.more_below"));
  }

  turn() {
    this.room.scrollTop = this.atEnd ? 0 : this.room.scrollTop + this.room.clientHeight * TURN;
    this.look();
  }
}

customElements.define("kiosk-content", Content);

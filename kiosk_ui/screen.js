/** What every screen of the kiosk is built on. */

import { el } from "../shared/dom.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("./feed.js").HallFeed} HallFeed */

/**
 * What a screen may ask of the application.
 *
 * @typedef {object} Kiosk
 * @property {Words} words the language in use
 * @property {HallFeed} feed the hall, and how its queues stand
 * @property {(screen: Screen) => void} show goes on to a screen, so that 'back' leads here
 * @property {() => void} back
 * @property {() => void} home the start again, for the same person
 * @property {() => void} startOver the start for the next person: all is forgotten
 * @property {string} client the code of a key client who has been recognised; empty for everybody else
 * @property {(code: string) => void} recognised the person is a key client, and goes on from the start
 * @property {import("./agent.js").Agent} agent printer, and numbers for when the line is cut
 * @property {import("./speech/reader.js").Reader} reader the spoken mode
 * @property {(text: string) => void} announce says it to those who hear the page
 * @property {(text: string) => void} aloud says what stands on the screen to those who are read to
 * @property {(sign: string) => void} echo says a sign that was typed, and keeps it nowhere
 * @property {(code: string) => boolean} scanned a code was held before a camera; whether it is wanted here
 * @property {() => void} unpaired this kiosk may not work here any more
 */

/** One screen: drawn whole when shown or when the language changes; figures are renewed in place. */
export class Screen extends HTMLElement {
  /** @param {Kiosk} kiosk */
  constructor(kiosk) {
    super();
    this.kiosk = kiosk;
    this.classList.add("screen");
  }

  connectedCallback() {
    this.redraw();
    this.focusHeading();
  }

  /** Draws anew in the present language. */
  redraw() {
    this.replaceChildren(...this.draw());
    this.refresh();
  }

  /** @returns {HTMLElement[]} */
  draw() {
    return [];
  }

  /** Renews what the queue tells; never replaces what may be under a finger. */
  refresh() {}

  focusHeading() {
    const heading = this.querySelector("h1");
    if (heading) heading.focus({ preventScroll: true });
  }

  /** Whether the person has nothing to lose here: no question before starting over. */
  get restful() {
    return false;
  }

  /** Whether a person begins here. */
  get start() {
    return false;
  }

  /** Whether the person has what they came for. */
  get last() {
    return false;
  }

  /** Whether 'back' leads anywhere from here. */
  get backward() {
    return true;
  }
}

/**
 * The upper part of a screen: what it is about.
 *
 * @param {string} title
 * @param {string} [hint]
 * @param {string} [eyebrow]
 * @param {...(HTMLElement | null)} notices
 */
export function headline(title, hint, eyebrow, ...notices) {
  return el("div", { class: "headline" },
    notices,
    eyebrow ? el("p", { class: "eyebrow" }, eyebrow) : null,
    el("h1", { tabindex: "-1" }, title),
    hint ? el("p", { class: "hint" }, hint) : null,
  );
}

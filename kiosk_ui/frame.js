/** What stays in its place on every screen: who we are and the time above, the controls below. */

import { BASE } from "../shared/base.js";
import { el, fillWith, say } from "../shared/dom.js";
import { Controls } from "./controls.js";
import { Masthead } from "./masthead.js";
import { SpeechPanel } from "./speech/panel.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("./feed.js").Hall} Hall */

/** The parts around a screen, and the place for it. */
export class Frame {
  /**
   * @param {{back: () => void, startOver: () => void, language: (language: string) => void, listen: () => void}} act
   * @param {import("./speech/reader.js").Reader} reader
   */
  constructor(act, reader) {
    this.reader = reader;
    this.masthead = new Masthead();
    this.band = el("div", { class: "bands", role: "status" });
    this.stage = el("main", {});
    this.panel = new SpeechPanel(reader);
    this.controls = new Controls(act);
    this.status = el("p", { class: "visually-hidden", role: "status" });
  }

  /** @returns {HTMLElement[]} */
  get parts() {
    return [el("header", {}, this.masthead), this.band, this.stage, el("footer", {}, this.panel, this.controls), this.status];
  }

  /** @param {import("./screen.js").Screen} screen @param {boolean} start */
  show(screen, start) {
    this.stage.replaceChildren(screen);
    this.stage.scrollTop = 0;
    this.controls.place(screen.backward, start, screen.last);
  }

  /** @param {Words} words @param {Map<string, Words>} all */
  speak(words, all) {
    this.panel.speak(words);
    this.controls.speak(words, all);
  }

  showListening() {
    this.panel.show();
    this.controls.listening(this.reader.can, this.reader.on);
  }

  /** The office's name, picture and colours. @param {Words} words @param {Hall} hall */
  dress(words, hall) {
    this.masthead.name(words.names(hall.office.names), words.names(hall.names));
    const id = encodeURIComponent(hall.id);
    if (hall.office.logo) this.masthead.picture(`${BASE}/media/${id}/${encodeURIComponent(hall.office.logo)}`);
    if (hall.office.accent) colourBy(`${BASE}/theme/${id}.css?${hall.office.accent.slice(1)}`);
  }

  /** What everybody should know now, such as a cut line; a sentence each. @param {string[]} lines */
  warn(lines) {
    if (this.band.childElementCount === lines.length && lines.join("") === this.band.textContent) return;
    fillWith(this.band, lines.map((line) => el("p", { class: "band" }, line)));
  }

  /** The same text a second time is another text to those who hear the page. @param {string} text */
  announce(text) {
    say(this.status, this.status.textContent === text ? `${text}\u00a0` : text);
  }
}

/** One style sheet after all others. @param {string} address */
function colourBy(address) {
  const link = document.head.querySelector("link[data-theme-of-office]");
  if (link?.getAttribute("href") === address) return;
  link?.remove();
  document.head.append(el("link", { rel: "stylesheet", href: address, "data-theme-of-office": true }));
}

/** Information beside the calls: texts, pictures and videos of the office, one after the other. */

import { el, fillWith } from "../shared/dom.js";
import { fit } from "./fit.js";
import { addressOf } from "./media.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").PanelShown} PanelShown */

/** What cannot be shown is tried again after this. */
const AGAIN_MS = 60000;
/** A picture shown alone is loaded anew after this. */
const RENEWED_MS = 20000;
/** A picture or video that has not come in this time is passed over. */
const PATIENCE_MS = 10000;

/**
 * Turns from panel to panel. The next one is loaded while one is shown, and put there once it can be seen; one
 * that cannot is passed over. Where people want no motion the first one stands still.
 */
export class InfoPanels extends HTMLElement {
  /** @param {() => void} changed told when there is something to show, and when no longer */
  constructor(changed) {
    super();
    this.changed = changed;
    this.hidden = true;
    this.hall = "";
    /** @type {PanelShown[]} */
    this.panels = [];
    /** @type {Words[]} */
    this.words = [];
    this.drawn = "";
    /** The place of the one shown; -1: none of these. */
    this.at = -1;
    /** Which loading is under way; an older one is not heard. */
    this.turn = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.watch = new ResizeObserver(() => this.fitText());
  }

  connectedCallback() {
    this.watch.observe(this);
  }

  /** @param {PanelShown[]} panels in order @param {string} hall whose files these are @param {Words[]} words */
  show(panels, hall, words) {
    const drawn = JSON.stringify([panels, hall, words.map(({ language }) => language)]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.panels = panels;
    this.hall = hall;
    this.words = words;
    this.at = -1;
    this.load(0, 0);
  }

  /** Loads the panel at a place; passes over those that cannot be shown. @param {number} place @param {number} failed in a row @param {number} [notBefore] when the one shown has had its time */
  load(place, failed, notBefore = 0) {
    this.turn += 1;
    const { turn, panels } = this;
    clearTimeout(this.timer);
    const panel = panels[place % panels.length];
    if (!panel || failed === panels.length) {
      this.nothing();
      return;
    }
    this.ready(panel).then((content) => {
      const due = Math.max(0, notBefore - performance.now());
      if (turn === this.turn) this.timer = setTimeout(() => this.put(place % panels.length, content), due);
      else release(content);
    }, () => {
      if (turn === this.turn) this.load(place + 1, failed + 1, notBefore);
    });
  }

  /** Nothing can be loaded now, perhaps later; what is shown stays, if it still belongs there. */
  nothing() {
    if (this.at < 0) {
      this.clear();
      this.appear(false);
    }
    if (this.panels.length) this.timer = setTimeout(() => this.load(0, 0), AGAIN_MS);
  }

  /** @param {number} place @param {HTMLElement} content */
  put(place, content) {
    const panel = this.panels[place];
    this.clear();
    if (!panel) return;
    this.at = place;
    fillWith(this, content);
    this.appear(true);
    this.fitText();
    if (this.still.matches) return;
    const film = content.querySelector("video");
    film?.play().catch(() => undefined);
    const alone = this.panels.length === 1;
    // What is shown alone is loaded anew all the same: the office may have put another one in its place.
    if (!alone) this.load(place + 1, 0, performance.now() + panel.seconds * 1000);
    else if (film) film.onended = () => this.load(place, 0);
    else if (panel.media) this.timer = setTimeout(() => this.load(place, 0), RENEWED_MS);
    if (film) film.loop = !alone;
  }

  /** @param {boolean} there */
  appear(there) {
    if (this.hidden !== there) return;
    this.hidden = !there;
    this.changed();
  }

  clear() {
    release(this);
    this.replaceChildren();
  }

  fitText() {
    for (const text of this.querySelectorAll(".panel-text")) fit(/** @type {HTMLElement} */ (text));
  }

  /** A panel's element, once it can be seen; refuses where it cannot. @param {PanelShown} panel @returns {Promise<HTMLElement>} */
  async ready(panel) {
    if (panel.kind === "text") return this.text(panel);
    const address = await addressOf(this.hall, panel.media || "");
    const caption = this.words[0]?.names(panel.text) || "";
    const media = await (panel.kind === "picture" ? picture(address) : video(address));
    return el("figure", { class: "panel-figure" }, media, caption ? el("figcaption", { class: "panel-caption" }, caption) : null);
  }

  /** In every language that it was written in, the screen's first one largest. @param {PanelShown} panel */
  text({ text = {} }) {
    const told = this.words.filter(({ language }) => text[language]);
    const [first = "", ...others] = told.length ? told.map(({ language }) => language) : Object.keys(text);
    return el("div", { class: "panel-text" },
      el("p", { class: "panel-first", lang: first }, text[first]),
      others.map((language) => el("p", { class: "panel-other", lang: language }, text[language])));
  }
}

/** @param {string} address @returns {Promise<HTMLElement>} */
function picture(address) {
  const image = el("img", { class: "panel-media", alt: "" });
  return within(image, (done, fail) => {
    image.onload = done;
    image.onerror = fail;
    image.src = address;
  });
}

/** @param {string} address @returns {Promise<HTMLElement>} */
function video(address) {
  const film = el("video", { class: "panel-media", playsinline: true, preload: "auto", "aria-hidden": "true" });
  film.muted = true;
  return within(film, (done, fail) => {
    film.oncanplay = done;
    film.onerror = fail;
    film.src = address;
  });
}

/**
 * An element once its file has come.
 *
 * @param {HTMLElement} content
 * @param {(done: () => void, fail: () => void) => void} begin
 * @returns {Promise<HTMLElement>}
 */
function within(content, begin) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  /** @type {Promise<void>} */
  const come = new Promise((done, fail) => {
    timer = setTimeout(() => fail(), PATIENCE_MS);
    begin(done, fail);
  });
  return come.then(() => content, () => {
    release(content);
    throw new Error("not to be seen");
  }).finally(() => clearTimeout(timer));
}

/** Lets the browser forget a film. @param {HTMLElement} content that is one, or holds one */
function release(content) {
  for (const film of content instanceof HTMLVideoElement ? [content] : content.querySelectorAll("video")) {
    film.oncanplay = null;
    film.onerror = null;
    film.onended = null;
    film.pause();
    film.removeAttribute("src");
    film.load();
  }
}

customElements.define("info-panels", InfoPanels);

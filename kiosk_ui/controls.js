/** The foot of every screen: ways back, languages, and how a person wants it. */

import { el, say } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { WISHES, toggle, wished } from "./comfort.js";

/** @typedef {import("../shared/i18n.js").Words} Words */

const WISH_WORDS = { text: "text_size", contrast: "contrast", dark: "dark", low: "lower" };
const WISH_ICONS = { text: "text", contrast: "contrast", dark: "dark", low: "lower" };

/** Back and start over, languages, and the wishes for comfort; always in the same place. */
export class Controls extends HTMLElement {
  /** @param {{back: () => void, startOver: () => void, language: (language: string) => void, listen: () => void}} [act] */
  constructor(act) {
    super();
    this.act = act;
    /** @type {Map<string, HTMLElement>} */
    this.languages = new Map();
    /** @type {Map<string, HTMLElement>} */
    this.wishes = new Map();
  }

  connectedCallback() {
    const { act } = this;
    if (!act || this.backButton) return;
    this.backButton = this.button("back", act.back);
    this.overButton = this.button("restart", act.startOver);
    this.languageRow = el("div", { class: "controls-languages", role: "group" });
    this.wishRow = el("div", { class: "controls-wishes", role: "group" }, WISHES.map((wish) => {
      const button = this.button(WISH_ICONS[wish], () => {
        toggle(wish);
        this.showWishes();
      });
      this.wishes.set(wish, button);
      return button;
    }));
    this.listenButton = this.button("headphones", act.listen);
    this.listenButton.classList.add("controls-listen");
    this.listenButton.hidden = true;
    this.wishRow.append(this.listenButton);
    this.helpText = el("span", {});
    this.help = el("p", { class: "controls-help", hidden: true }, icon("info"), this.helpText);
    this.append(el("div", { class: "controls-ways" }, this.backButton, this.overButton, this.help), this.languageRow, this.wishRow);
  }

  /** @param {string} picture @param {() => void} press */
  button(picture, press) {
    return el("button", { class: "button", type: "button", onclick: press }, icon(picture), el("span", {}));
  }

  /**
   * @param {Words} words the language in use
   * @param {Map<string, Words>} all every language on offer
   */
  speak(words, all) {
    if (!this.backButton || !this.overButton || !this.languageRow || !this.wishRow) return;
    label(this.backButton, words.t("kiosk.back"));
    label(this.overButton, words.t("kiosk.start_over"));
    if (this.helpText) say(this.helpText, words.t("kiosk.help"));
    this.languageRow.setAttribute("aria-label", words.t("kiosk.languages"));
    this.wishRow.setAttribute("aria-label", words.t("kiosk.settings"));
    for (const [language, theirs] of all) {
      const button = this.languages.get(language) || this.addLanguage(language, theirs.t("common.language_name"));
      button.setAttribute("aria-pressed", String(language === words.language));
    }
    for (const wish of WISHES) {
      const button = this.wishes.get(wish);
      if (button) label(button, words.t(`kiosk.${WISH_WORDS[wish]}`));
    }
    if (this.listenButton) label(this.listenButton, words.t("kiosk.speech_start"));
    this.showWishes();
  }

  /** @param {boolean} can whether there is a voice for this language @param {boolean} on */
  listening(can, on) {
    if (!this.listenButton) return;
    this.listenButton.hidden = !can;
    this.listenButton.setAttribute("aria-pressed", String(on));
  }

  /** @param {string} language @param {string} name */
  addLanguage(language, name) {
    const button = el("button", {
      class: "button", type: "button", lang: language, onclick: () => this.act?.language(language),
    }, name);
    this.languages.set(language, button);
    if (this.languageRow) this.languageRow.append(button);
    return button;
  }

  /**
   * On the start there is no way back: in that place stands where a person can be asked. Where the person has
   * what they came for, the screen's own button ends it.
   *
   * @param {boolean} back whether 'back' leads anywhere
   * @param {boolean} start whether this is the start
   * @param {boolean} end whether this is the end
   */
  place(back, start, end) {
    if (!this.backButton || !this.overButton || !this.help) return;
    this.classList.toggle("at-the-end", end);
    this.backButton.classList.toggle("away", !back);
    this.backButton.hidden = start;
    this.overButton.hidden = start;
    this.help.hidden = !start;
  }

  showWishes() {
    for (const wish of WISHES) {
      const button = this.wishes.get(wish);
      if (button) button.setAttribute("aria-pressed", String(wished(wish)));
    }
  }
}

/** @param {HTMLElement} button @param {string} text */
function label(button, text) {
  const span = button.querySelector("span");
  if (span) say(span, text);
}

customElements.define("kiosk-controls", Controls);

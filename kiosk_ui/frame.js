/** What stays in its place on every screen: who we are and the time above, the controls below. */

import { el, say } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { WISHES, toggle, wished } from "./comfort.js";

/** @typedef {import("../shared/i18n.js").Words} Words */

const WISH_WORDS = { text: "text_size", contrast: "contrast", dark: "dark", low: "lower" };
const WISH_ICONS = { text: "text", contrast: "contrast", dark: "dark", low: "lower" };

/** The office's name, and the hall's clock. */
export class Masthead extends HTMLElement {
  connectedCallback() {
    this.office = el("p", { class: "masthead-office" });
    this.hall = el("p", { class: "masthead-hall" });
    this.time = el("p", { class: "masthead-time numbers" });
    this.day = el("p", { class: "masthead-day" });
    this.append(
      el("div", { class: "masthead-names" }, this.office, this.hall),
      el("div", { class: "masthead-clock" }, this.time, this.day),
    );
  }

  /** @param {string} office @param {string} hall */
  name(office, hall) {
    if (this.office) say(this.office, office);
    if (this.hall) say(this.hall, hall === office ? "" : hall);
  }

  /** @param {string} time @param {string} day */
  tell(time, day) {
    if (this.time) say(this.time, time);
    if (this.day) say(this.day, day);
  }
}

/** Back and start over, languages, and the wishes for comfort; always in the same place. */
export class Controls extends HTMLElement {
  /** @param {{back: () => void, startOver: () => void, language: (language: string) => void}} [act] */
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
    this.showWishes();
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
   * On the start there is no way back: in that place stands where a person can be asked.
   *
   * @param {boolean} back whether 'back' leads anywhere
   * @param {boolean} start whether this is the start
   */
  place(back, start) {
    if (!this.backButton || !this.overButton || !this.help) return;
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

customElements.define("kiosk-masthead", Masthead);
customElements.define("kiosk-controls", Controls);

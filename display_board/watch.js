/** A screen's way to the server: who it is, what it follows, and how it recovers by itself. */

import { getJson } from "../shared/api.js";
import { fillWith } from "../shared/dom.js";
import { loadWords } from "../shared/i18n.js";
import { live } from "../shared/live.js";
import { board, counter, halls, language } from "./address.js";
import { Plain, pairing } from "./plain.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/live.js").Meta} Meta */
/** @typedef {import("../shared/wire.js").Views} Views */
/** @typedef {import("../shared/pairing.js").Paired} Paired */

/**
 * What a screen must tell and do. `speaks` gives the languages of a state, the first one first, and the zone of
 * its clock; `restful`: a reload would disturb nobody.
 *
 * @template {"board" | "counter"} V
 * @typedef {object} Page
 * @property {V} view
 * @property {string} titleKey
 * @property {string[]} kinds devices whose page it is
 * @property {HTMLElement} element
 * @property {Node[]} parts
 * @property {(state: Views[V]) => {languages: string[], zone: string}} speaks
 * @property {(state: Views[V], meta: Meta, words: [Words, ...Words[]], all: Map<string, Words>) => void} show
 * @property {(stale: boolean, words: Words) => void} stale
 * @property {() => boolean} restful
 */

const HOME_LANGUAGE = "pl";
const LANGUAGES = [HOME_LANGUAGE, "en", "uk", "de"];
const DOMAINS = ["board", "pairing"];
const RETRY_MS = 5000;
/** So often a screen asks whether it is still meant for the same place. */
const LOOK_MS = 60000;
const UNKNOWN_RETRY_MS = 60000;
/** Screens do not all load a new version at one moment. */
const RELOAD_WITHIN_MS = 20000;
const SIGN_IN = 4401;
const NOT_ALLOWED = 4403;

/** @template {"board" | "counter"} V */
export class Watch {
  /** @param {Page<V>} page */
  constructor(page) {
    this.page = page;
    this.plain = new Plain();
    /** @type {Map<string, Words>} */
    this.all = new Map();
    this.reloading = false;
  }

  async begin() {
    try {
      this.all = await loadWords(DOMAINS, LANGUAGES);
    } catch {
      setTimeout(() => this.begin(), RETRY_MS);
      return;
    }
    this.speak([language]);
    await this.identify();
  }

  /** The words to use, in order; where none of the languages is known, our own. @param {string[]} languages @returns {[Words, ...Words[]]} */
  speak(languages) {
    const found = [...new Set([language, ...languages, HOME_LANGUAGE])].map((one) => this.all.get(one));
    const [first, ...others] = found.filter((words) => words !== undefined);
    if (!first) throw new Error(`no words in ${HOME_LANGUAGE}`);
    document.documentElement.lang = first.language;
    document.title = first.t(this.page.titleKey);
    return [first, ...others.filter((words) => languages.includes(words.language))];
  }

  get words() {
    return this.speak([])[0];
  }

  async identify() {
    this.mount(this.plain);
    this.plain.tell(this.words.t("board.connecting"));
    try {
      const me = await getJson("/api/v1/me");
      if (me.kind === "anonymous") this.askForCode("board.not_paired_title");
      else {
        this.follow(me.device);
        setInterval(() => this.lookWho(JSON.stringify(me.device)), LOOK_MS);
      }
    } catch {
      setTimeout(() => this.identify(), RETRY_MS);
    }
  }

  /** Another place may have been given to this device meanwhile. @param {string} before */
  async lookWho(before) {
    const { device } = await getJson("/api/v1/me").catch(() => ({ device: JSON.parse(before || "null") }));
    if (device && JSON.stringify(device) !== before) this.reload();
  }

  /** @param {Paired | undefined} device */
  follow(device) {
    const { view } = this.page;
    const hall = halls.length ? halls : [device?.hall || ""];
    const own = hall.length === 1 && hall[0] === device?.hall;
    const where = counter || device?.counter || "";
    if (!hall[0] || (view === "counter" && !where)) {
      this.unknown();
      return;
    }
    live({ view, hall, counter: view === "counter" ? where : undefined, board: view === "board" ? board || (own && device?.board) || "" : "" }, {
      onState: (state, meta) => this.take(state, meta),
      onStale: (stale) => this.page.stale(stale, this.words),
      onGone: (code) => this.gone(code, device),
    });
  }

  /** @param {Views[V]} state @param {Meta} meta */
  take(state, meta) {
    const { languages, zone } = this.page.speaks(state);
    const words = this.speak(languages);
    for (const one of words) one.zone = zone;
    this.mount(...this.page.parts);
    this.page.show(state, meta, words, this.all);
    if (meta.outdated) this.reload();
  }

  /** Loads the new version as soon as nothing is being announced. */
  reload() {
    if (this.reloading) return;
    this.reloading = true;
    setTimeout(() => {
      this.reloading = false;
      if (this.page.restful()) location.reload();
      else this.reload();
    }, Math.random() * RELOAD_WITHIN_MS);
  }

  /** @param {number} code @param {Paired | undefined} device */
  gone(code, device) {
    if (code === SIGN_IN) this.askForCode("board.not_paired_title");
    else if (code === NOT_ALLOWED && device) this.askForCode("board.other_hall_title");
    else this.unknown();
  }

  /** @param {string} title */
  askForCode(title) {
    this.mount(pairing(this.words.t(title), this.words, this.page.kinds, () => location.reload()));
  }

  /** The hall may yet be set up: the page looks again by itself. */
  unknown() {
    this.mount(this.plain);
    this.plain.tell(this.words.t("board.unknown_title"), this.words.t("board.unknown_text"));
    setTimeout(() => location.reload(), UNKNOWN_RETRY_MS);
  }

  /** @param {...Node} parts */
  mount(...parts) {
    if (this.page.element.firstChild !== parts[0]) fillWith(this.page.element, ...parts);
  }
}

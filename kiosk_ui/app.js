/** The kiosk: finds its hall, shows one screen at a time, and forgets each person when they are gone. */

import { getJson } from "../shared/api.js";
import { el, say } from "../shared/dom.js";
import { loadWords } from "../shared/i18n.js";
import { forget } from "./comfort.js";
import { HallFeed, fetchHall } from "./feed.js";
import { Controls, Masthead } from "./frame.js";
import { Idle } from "./idle.js";
import { IdleQuestion } from "./question.js";
import { CODE, Scanner } from "./scanner.js";
import { PlainScreen } from "./screens/apart.js";
import { BookedScreen, waysOf } from "./screens/booked.js";
import { GroupsScreen } from "./screens/groups.js";
import { PairingScreen } from "./screens/pairing.js";
import { ClosedScreen, SuspendedScreen } from "./screens/trouble.js";

/** @typedef {import("./screen.js").Screen} Screen */
/** @typedef {import("./screen.js").Kiosk} Kiosk */
/** @typedef {import("../shared/i18n.js").Words} Words */

const HOME_LANGUAGE = "pl";
const LANGUAGES = [HOME_LANGUAGE, "en", "uk", "de"];
const DOMAINS = ["kiosk", "pairing"];
const RETRY_MS = 5000;
/** So long without a touch, and nobody is disturbed when the page loads itself anew. */
const REST_SECONDS = 10;
const GONE_UNPAIRED = new Set([4401, 4403]);

/** @implements {Kiosk} */
class KioskApp extends HTMLElement {
  constructor() {
    super();
    /** @type {Map<string, Words>} */
    this.all = new Map();
    /** @type {Words} */
    this.words = /** @type {Words} */ (/** @type {unknown} */ (null));
    /** @type {HallFeed} */
    this.feed = /** @type {HallFeed} */ (/** @type {unknown} */ (null));
    /** @type {Screen[]} */
    this.trail = [];
    this.client = "";
  }

  connectedCallback() {
    this.masthead = new Masthead();
    this.band = el("p", { class: "band", role: "status", hidden: true });
    this.stage = el("main", {});
    this.controls = new Controls({
      back: () => this.back(),
      startOver: () => this.home(),
      language: (language) => this.speak(language),
    });
    this.status = el("p", { class: "visually-hidden", role: "status" });
    this.question = new IdleQuestion(() => this.idle?.stay(), () => this.startOver());
    this.append(el("header", {}, this.masthead), this.band, this.stage,
      el("footer", {}, this.controls), this.status, this.question);
    document.addEventListener("contextmenu", (event) => event.preventDefault());
    const scanner = new Scanner((code) => this.scanned(code));
    document.addEventListener("keydown", (event) => {
      scanner.hear(event.key, event.timeStamp);
      if (event.key === "Escape" && this.screen && this.screen.backward) this.back();
    });
    this.begin();
  }

  /** Tries until there are words to speak with, then until the hall is known. */
  async begin() {
    try {
      this.all = await loadWords(DOMAINS, LANGUAGES);
    } catch {
      setTimeout(() => this.begin(), RETRY_MS);
      return;
    }
    this.speak(HOME_LANGUAGE);
    this.idle = new Idle({ ask: (seconds) => this.ask(seconds), leave: () => this.startOver() });
    setInterval(() => this.tick(), 1000);
    await this.findHall();
  }

  /** Who am I: a paired kiosk, and of which hall? */
  async findHall() {
    try {
      const me = await getJson("/api/v1/me");
      if (me.device?.kind !== "kiosk") this.unpaired();
      else await this.enter(await fetchHall(me.device.hall));
    } catch (problem) {
      if (problem instanceof Error && "status" in problem && problem.status === 404) this.only(new PlainScreen(this, "no_hall"));
      else {
        if (!(this.screen instanceof PlainScreen)) this.only(new PlainScreen(this, "offline"));
        setTimeout(() => this.findHall(), RETRY_MS);
      }
    }
  }

  /** @param {import("./feed.js").Hall} hall */
  async enter(hall) {
    const more = hall.languages.filter((language) => !this.all.has(language));
    const extra = await loadWords(DOMAINS, more).catch(() => new Map());
    const known = new Map([...this.all, ...extra]);
    this.all = new Map(hall.languages.flatMap((language) => (known.has(language) ? [[language, known.get(language)]] : [])));
    for (const words of this.all.values()) words.zone = hall.zone;
    this.feed = new HallFeed(hall, { changed: () => this.changed(), gone: (code) => this.gone(code) });
    this.speak(this.feed.language);
    this.startOver();
  }

  get screen() {
    return this.trail[this.trail.length - 1];
  }

  /** @param {Screen} screen */
  show(screen) {
    this.trail.push(screen);
    this.mount();
  }

  /** @param {Screen} screen a screen with nothing before it */
  only(screen) {
    this.trail = [screen];
    this.mount();
  }

  mount() {
    if (!this.stage || !this.screen) return;
    this.stage.replaceChildren(this.screen);
    this.stage.scrollTop = 0;
    if (this.controls) this.controls.place(this.screen.backward, !this.feed || isStart(this.screen));
    if (this.question) this.question.close();
  }

  back() {
    if (this.trail.length < 2) return;
    this.trail.pop();
    this.mount();
  }

  /** Somebody holds a code before the scanner: that of their booking, or a key client's. @param {string} code */
  scanned(code) {
    const by = code.length === CODE ? "code" : "client";
    if (!this.feed || !this.screen || !(isStart(this.screen) || asksForOther(this.screen, by))) return;
    if (!waysOf(this.feed.hall).includes(by)) return;
    if (this.screen instanceof BookedScreen) this.back();
    const screen = new BookedScreen(this, by);
    this.show(screen);
    screen.typed = code;
    screen.checkIn();
  }

  /** The person is a key client: their matter is next. @param {string} code */
  recognised(code) {
    this.client = code;
    this.home();
    this.announce(this.words.t("kiosk.client_recognised"));
  }

  /** The same person from the start, in their language. */
  home() {
    if (!this.feed) return;
    this.only(this.startScreen());
    this.feed.reload();
    this.askWhetherPaired();
  }

  /** Between two people: an administrator may have shut this kiosk out. */
  async askWhetherPaired() {
    try {
      const me = await getJson("/api/v1/me");
      if (me.device?.kind !== "kiosk") this.unpaired();
    } catch {
      // No answer: the band says so.
    }
  }

  /** The next person finds the kiosk as the office set it. */
  startOver() {
    if (this.idle) this.idle.reset();
    forget();
    this.client = "";
    if (!this.feed) {
      this.speak(HOME_LANGUAGE);
      return;
    }
    if (this.feed.outdated) {
      location.reload();
      return;
    }
    this.speak(this.feed.language);
    this.home();
  }

  startScreen() {
    const { state } = this.feed;
    if (state === "suspended") return new SuspendedScreen(this);
    return state === "closed" ? new ClosedScreen(this) : new GroupsScreen(this);
  }

  /** @param {string} language */
  speak(language) {
    const words = this.all.get(language);
    if (!words) return;
    this.words = words;
    document.documentElement.lang = language;
    document.title = words.t("kiosk.title");
    if (this.controls) this.controls.speak(words, this.all);
    if (this.question) this.question.speak(words);
    if (this.screen) this.screen.redraw();
    this.changed();
  }

  /** The queue moved, or the connection did. */
  changed() {
    if (!this.feed || !this.words) return;
    if (this.trail.length === 1 && this.screen && isStart(this.screen)) this.renewStart(this.screen);
    if (this.screen) this.screen.refresh();
    const { hall } = this.feed;
    if (this.masthead) this.masthead.name(this.words.names(hall.office.names), this.words.names(hall.names));
    if (this.band) {
      this.band.hidden = this.feed.current || !this.feed.meta;
      say(this.band, this.words.t("kiosk.stale_band"));
    }
    this.tick();
  }

  /** A start screen follows the hall: it opens, closes, is suspended, or is set up anew. @param {Screen} shown */
  renewStart(shown) {
    const fresh = this.startScreen();
    const same = fresh.constructor === shown.constructor;
    if (!same || this.shownHall !== this.feed.hall) this.only(fresh);
    this.shownHall = this.feed.hall;
    if (this.feed.outdated && this.untouched && this.idle && this.idle.quiet > REST_SECONDS) location.reload();
  }

  /** @param {number} code */
  gone(code) {
    if (GONE_UNPAIRED.has(code)) this.unpaired();
    else this.only(new PlainScreen(this, "no_hall"));
  }

  unpaired() {
    this.only(new PairingScreen(this, () => location.reload()));
  }

  /** @param {string} text */
  announce(text) {
    if (this.status) say(this.status, text);
  }

  tick() {
    if (!this.masthead || !this.feed?.meta) return;
    const now = this.feed.meta.now();
    this.masthead.tell(this.words.time(now), this.words.day(now));
  }

  /** @param {number} seconds */
  ask(seconds) {
    if (!this.screen || !this.question || !this.words) return;
    if (this.screen.restful && this.untouched) {
      if (this.idle) this.idle.reset();
      this.askWhetherPaired();
    } else this.question.ask(seconds);
  }

  /** Nothing to forget: the office's own language, no wishes, nobody recognised. */
  get untouched() {
    return !this.feed || (!this.client && this.words.language === this.feed.language
      && !document.documentElement.matches("[data-text],[data-contrast],[data-theme],[data-reach]"));
  }
}

/** @param {Screen} screen */
function isStart(screen) {
  return screen instanceof GroupsScreen || screen instanceof ClosedScreen || screen instanceof SuspendedScreen;
}

/** Whether a keypad waits for a code of the other kind; its digits are there already. @param {Screen} screen @param {string} by */
function asksForOther(screen, by) {
  return screen instanceof BookedScreen && !screen.busy && screen.by !== by && (screen.by === "code" || screen.by === "client");
}

customElements.define("kiosk-app", KioskApp);

/** The kiosk: finds its hall, shows one screen at a time, and forgets each person when they are gone. */

import { getJson } from "../shared/api.js";
import { loadWords } from "../shared/i18n.js";
import { Agent } from "./agent.js";
import { warnings } from "./band.js";
import { forget } from "./comfort.js";
import { HallFeed, fetchHall } from "./feed.js";
import { Frame } from "./frame.js";
import { wayOf } from "./held.js";
import { Idle } from "./idle.js";
import { keysOf, moved } from "./keys.js";
import { IdleQuestion } from "./question.js";
import { Scanner } from "./scanner.js";
import { PlainScreen } from "./screens/apart.js";
import { BookedScreen } from "./screens/booked.js";
import { CameraScreen } from "./screens/camera.js";
import { MenuScreen } from "./screens/menu.js";
import { PairingScreen } from "./screens/pairing.js";
import { ClosedScreen, SuspendedScreen } from "./screens/trouble.js";
import { Reader } from "./speech/reader.js";
import { Voice } from "./speech/voice.js";

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
    this.agent = new Agent(() => this.changed());
    this.reader = new Reader(new Voice(this.agent), () => this.words, () => this.frame?.showListening());
    this.keys = keysOf(location.search);
    /** @type {Screen[]} */
    this.trail = [];
    this.client = "";
  }

  connectedCallback() {
    this.frame = new Frame({
      back: () => this.back(),
      startOver: () => this.home(),
      language: (language) => this.speak(language),
      listen: () => this.listen(),
    }, this.reader);
    this.question = new IdleQuestion(() => this.idle?.stay(), () => this.startOver());
    this.append(...this.frame.parts, this.question);
    document.addEventListener("contextmenu", (event) => event.preventDefault());
    this.scanner = new Scanner((code) => this.scanned(code));
    document.addEventListener("keydown", (event) => this.key(event));
    this.begin();
  }

  /** A scanner types, an assistive keypad has its keys, and arrows lead on. @param {KeyboardEvent} event */
  key(event) {
    const act = this.keys.get(event.key);
    if (this.scanner?.hear(event.key, event.timeStamp) || act || moved(event, this.question?.dialog?.open ? this.question : this)) {
      if (act !== "back") event.preventDefault();
    }
    if (act === "speak") this.listen();
    else if (act === "unplugged") this.reader.stop();
    else if (act === "repeat") this.reader.repeat();
    else if (act === "volume" && this.reader.on) this.reader.louder();
    else if (act === "back" && this.screen?.backward && !this.question?.dialog?.open) this.back();
  }

  /** The spoken mode begins, or ends. */
  listen() {
    if (this.reader.on) this.reader.stop();
    else this.reader.start(this.screen);
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
    this.idle = new Idle({
      ask: (seconds) => this.ask(seconds), leave: () => this.startOver(), reading: () => this.reader.speaking,
    });
    window.speechSynthesis?.addEventListener("voiceschanged", () => this.frame?.showListening());
    this.agent.follow();
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
    this.feed = new HallFeed(hall, this.agent, { changed: () => this.changed(), gone: (code) => this.gone(code) });
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
    if (!this.frame || !this.screen) return;
    if (this.question) this.question.close();
    this.frame.show(this.screen, !this.feed || this.screen.start);
    this.reader.screen(this.screen);
  }

  back() {
    if (this.trail.length < 2) return;
    this.trail.pop();
    this.mount();
  }

  /** Somebody holds a code before the scanner or the camera: that of their booking, or a key client's. Says whether it is wanted now. @param {string} code */
  scanned(code) {
    const by = this.feed && this.screen ? wayOf(code, this.screen, this.feed.hall) : null;
    if (!by) return false;
    while (this.screen instanceof CameraScreen || this.screen instanceof BookedScreen) this.trail.pop();
    const screen = new BookedScreen(this, by);
    this.show(screen);
    screen.typed = code;
    screen.confirm();
    return true;
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
    this.reader.stop();
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
    return state === "closed" ? new ClosedScreen(this) : new MenuScreen(this);
  }

  /** @param {string} language */
  speak(language) {
    const words = this.all.get(language);
    if (!words) return;
    this.words = words;
    document.documentElement.lang = language;
    document.title = words.t("kiosk.title");
    if (this.frame) this.frame.speak(words, this.all);
    if (this.question) this.question.speak(words);
    if (this.screen) this.screen.redraw();
    this.changed();
  }

  /** The queue moved, or the connection did. */
  changed() {
    if (!this.feed || !this.words) return;
    if (this.trail.length === 1 && this.screen && this.screen.start) this.renewStart(this.screen);
    if (this.screen) this.screen.refresh();
    this.idle?.set(this.feed.hall.kiosk);
    this.frame?.dress(this.words, this.feed.hall);
    this.frame?.warn(warnings(this));
    this.frame?.showListening();
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
    this.frame?.announce(text);
    this.reader.say(text);
  }

  /** Says it to those who are read to; others have it on the screen. @param {string} text */
  aloud(text) {
    this.reader.say(text);
  }

  /** @param {string} sign */
  echo(sign) {
    this.frame?.announce(sign);
    this.reader.echo(sign);
  }

  tick() {
    if (!this.frame || !this.feed?.meta) return;
    const now = this.feed.meta.now();
    this.frame.masthead.tell(this.words.time(now), this.words.day(now));
  }

  /** @param {number} seconds */
  ask(seconds) {
    if (!this.screen || !this.question || !this.words) return;
    if (this.screen.restful && this.untouched) {
      if (this.idle) this.idle.reset();
      this.askWhetherPaired();
    } else if (this.question.ask(seconds)) this.reader.question(this.question);
  }

  /** Nothing to forget: the office's own language, no wishes, nobody recognised. */
  get untouched() {
    return !this.feed || (!this.client && !this.reader.on && this.words.language === this.feed.language
      && !document.documentElement.matches("[data-text],[data-contrast],[data-theme],[data-reach]"));
  }
}

customElements.define("kiosk-app", KioskApp);

/** The hall board: the newest call stands out and is heard, recent ones are listed, queues stand in a quiet column. */

import { el, fillWith, say } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { sound } from "./address.js";
import { Announced } from "./announced.js";
import { Announcer } from "./announcer.js";
import { LoudCall } from "./loud.js";
import { Masthead } from "./masthead.js";
import { statement } from "./plain.js";
import { HallQueues } from "./queues.js";
import { RecentCalls } from "./recent.js";
import { Turns } from "./turns.js";
import { Watch } from "./watch.js";
import { spokenWords } from "./where.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/live.js").Meta} Meta */
/** @typedef {import("../shared/wire.js").BoardView} BoardView */
/** @typedef {import("../shared/wire.js").BoardHall} BoardHall */
/** @typedef {import("../shared/wire.js").Announcement} Announcement */
/** @typedef {import("./watch.js").Page<"board">} Page */

const TICK_MS = 1000;

/** @implements {Page} */
class HallBoard extends HTMLElement {
  constructor() {
    super();
    /** @type {"board"} */
    this.view = "board";
    this.titleKey = "board.title";
    this.kinds = ["board"];
    this.masthead = new Masthead();
    this.band = el("p", { class: "band", role: "status", hidden: true });
    this.recent = new RecentCalls();
    this.empty = el("div", { class: "board-empty", hidden: true });
    this.notices = el("div", { class: "board-notices", hidden: true });
    this.queues = new HallQueues();
    this.column = el("section", { class: "board-queues" }, this.queues);
    this.loud = new LoudCall();
    this.heard = el("p", { class: "visually-hidden", role: "status" });
    this.soundWords = el("span", {});
    this.soundHint = el("button", { class: "button sound-hint", type: "button", hidden: true }, icon("muted"), this.soundWords);
    this.announced = new Announced(sessionStorage);
    this.announcer = new Announcer(sound, () => this.offerSound());
    /** @type {Turns<Announcement>} */
    this.turns = new Turns({
      show: (call) => {
        this.announce(call);
        this.list();
      },
      say: (call) => this.announcer.say(call, this.words, () => this.turns.unhurried),
      clear: () => {
        this.loud.clear();
        this.list();
      },
    });
    this.parts = [
      el("header", {}, this.masthead, this.band, this.soundHint, this.notices),
      el("main", { class: "board" }, el("section", { class: "board-calls" }, this.recent, this.empty), this.column, this.loud),
      this.heard,
    ];
    /** @type {Words[]} */
    this.words = [];
    /** @type {BoardView | null} */
    this.state = null;
    /** @type {Meta | null} */
    this.meta = null;
  }

  get element() {
    return this;
  }

  connectedCallback() {
    new Watch(/** @type {Page} */ (this)).begin();
    setInterval(() => this.tick(), TICK_MS);
  }

  /** @param {BoardView} state */
  speaks(state) {
    const halls = Object.values(state.halls);
    return { languages: [...new Set(halls.flatMap((hall) => hall.languages))], zone: halls[0]?.zone || "UTC" };
  }

  /** @param {BoardView} state @param {Meta} meta @param {[Words, ...Words[]]} words */
  show(state, meta, words) {
    const [first] = words;
    const halls = Object.values(state.halls);
    this.words = words;
    this.state = state;
    this.meta = meta;
    this.masthead.name([...new Set(halls.map((hall) => first.names(hall.office)))].join(" · "), halls.map((hall) => first.names(hall.names)));
    this.column.hidden = halls.every((hall) => hall.state === "closed") || !Object.keys(state.queues).length;
    this.classList.toggle("board-alone", this.column.hidden);
    this.queues.show(state, first);
    const fresh = this.announced.fresh(state.calls);
    if (fresh.length) this.turns.add(fresh);
    this.list();
    this.offerSound();
    this.tick();
  }

  /** Lists the recent calls, but for those that are still to have their time in the loud place. */
  list() {
    const { state, meta, turns, words: [words] } = this;
    if (!state || !meta || !words) return;
    const halls = Object.values(state.halls);
    this.classList.toggle("is-loud", turns.shown !== null);
    if (halls.every((hall) => hall.state === "closed")) this.recent.forget();
    this.recent.show(state, turns.pending, meta.now(), words);
    this.explain(halls, words);
  }

  /** Says how the halls stand: in place of the list where it is empty, else above it. @param {BoardHall[]} halls @param {Words} words */
  explain(halls, words) {
    const [only, another] = halls;
    const alone = only !== undefined && another === undefined;
    const empty = this.recent.empty && !this.turns.pending.length;
    this.recent.hidden = empty;
    this.empty.hidden = !empty;
    if (empty) fillWith(this.empty, alone ? standing(only.state, words.names(only.notice), words) : standing("open", "", words));
    const told = alone && empty ? [] : halls.filter((hall) => hall.state !== "open" || hall.notice);
    this.notices.hidden = !told.length;
    fillWith(this.notices, told.map((hall) => notice(hall, alone ? "" : words.names(hall.names), words)));
  }

  /** @param {Announcement} call */
  announce(call) {
    const [words] = this.words;
    if (!words || !this.state) return;
    const { halls } = this.state;
    const hall = halls[call.hall];
    this.loud.show(call, this.words, hall && Object.keys(halls).length > 1 ? words.names(hall.names) : "");
    say(this.heard, spokenWords(words, call));
  }

  /** @param {boolean} stale @param {Words} words */
  stale(stale, words) {
    this.band.hidden = !stale;
    this.classList.toggle("is-stale", stale);
    say(this.band, words.t("board.not_current"));
  }

  offerSound() {
    const [words] = this.words;
    this.soundHint.hidden = !this.announcer.blocked;
    if (words) say(this.soundWords, words.t("board.sound_off"));
  }

  tick() {
    const [words] = this.words;
    if (this.meta && words) this.masthead.tell(this.meta, words);
  }

  restful() {
    return this.turns.shown === null;
  }
}

/** One hall's state and notice in a line. @param {BoardHall} hall @param {string} name @param {Words} words */
function notice(hall, name, words) {
  const texts = [name, hall.state === "open" ? "" : words.t(`board.${hall.state}`), words.names(hall.notice)];
  const urgent = hall.state === "suspended";
  return el("p", { class: urgent ? "notice notice-warn" : "notice" }, icon(urgent ? "warning" : "info"),
    el("span", {}, texts.filter(Boolean).join(" · ")));
}

/** Why nobody is called. @param {BoardHall["state"]} state @param {string} told the office's notice @param {Words} words */
function standing(state, told, words) {
  if (state === "closed") return statement(words.t("board.closed"), [told], "clock");
  if (state === "suspended") return statement(words.t("board.suspended"), [told, words.t("board.suspended_hint")], "warning");
  return statement(words.t("board.nobody_called"), [words.t("board.nobody_called_hint"), told]);
}

customElements.define("hall-board", HallBoard);

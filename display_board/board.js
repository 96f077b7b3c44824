/** The hall board: the newest call stands out and is heard; beside it recent calls, the lines, information. */

import { el, fillWith, say } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { Announced } from "./announced.js";
import { Announcer } from "./announcer.js";
import { LoudCall } from "./loud.js";
import { Masthead } from "./masthead.js";
import { NextInLine } from "./nextup.js";
import { InfoPanels } from "./panels.js";
import { HallQueues } from "./queues.js";
import { RecentCalls } from "./recent.js";
import { homeOf, layoutOf, localTime, panelsOf, soundOf } from "./setup.js";
import { notices, standing } from "./standing.js";
import { Theme, wear } from "./theme.js";
import { Turns } from "./turns.js";
import { takenBack } from "./undone.js";
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
    this.theme = new Theme();
    this.masthead = new Masthead();
    this.band = el("p", { class: "band", role: "status", hidden: true });
    this.recent = new RecentCalls();
    this.empty = el("div", { class: "board-empty", hidden: true });
    this.notices = el("div", { class: "board-notices", hidden: true });
    this.queues = new HallQueues();
    this.next = new NextInLine();
    this.panels = new InfoPanels(() => this.list());
    this.calls = el("section", { class: "board-calls" }, this.recent, this.empty);
    this.column = el("section", { class: "board-lines" }, this.queues, this.next);
    this.loud = new LoudCall();
    this.heard = el("p", { class: "visually-hidden", role: "status" });
    this.soundWords = el("span", {});
    this.soundHint = el("button", { class: "button sound-hint", type: "button", hidden: true }, icon("muted"), this.soundWords);
    this.portrait = matchMedia("(orientation: portrait)");
    this.announced = new Announced(sessionStorage);
    this.announcer = new Announcer(() => this.offerSound());
    /** @type {Turns<Announcement>} */
    this.turns = new Turns({
      show: (call) => this.announce(call),
      say: (call) => this.announcer.say(call, (language) => this.all.get(language), () => this.turns.waiting),
      hush: () => this.announcer.hush(),
      list: (calls) => {
        this.recent.join(calls);
        this.list();
      },
      room: () => this.recent.room,
      clear: () => {
        this.loud.clear();
        this.list();
      },
    });
    this.parts = [
      el("header", {}, this.masthead, this.band, this.soundHint, this.notices),
      el("main", { class: "board" }, this.calls, this.column, this.panels, this.loud),
      this.heard,
    ];
    /** Every language the page knows. @type {Map<string, Words>} */
    this.all = new Map();
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
    wear(undefined);
    new Watch(/** @type {Page} */ (this)).begin();
    setInterval(() => this.tick(), TICK_MS);
  }

  /** @param {BoardView} state */
  speaks(state) {
    const languages = Object.values(state.halls).flatMap((hall) => hall.languages);
    return { languages: [...new Set(languages)], zone: state.halls[homeOf(state)]?.zone || "UTC" };
  }

  /** @param {BoardView} state @param {Meta} meta @param {[Words, ...Words[]]} words @param {Map<string, Words>} all */
  show(state, meta, words, all) {
    const [first] = words;
    const halls = Object.values(state.halls);
    const home = homeOf(state);
    this.words = words;
    this.all = all;
    this.state = state;
    this.meta = meta;
    this.theme.wear(state, home);
    this.masthead.name([...new Set(halls.map((hall) => first.names(hall.office)))].join(" · "), halls.map((hall) => first.names(hall.names)));
    this.masthead.bear(home, state.halls[home]?.logo);
    this.panels.show(panelsOf(state), home, words);
    this.announcer.follow(soundOf(state, words.map(({ language }) => language)), () => localTime(meta.now(), first.zone));
    this.turns.drop(takenBack(state.calls, meta.now()));
    const fresh = this.announced.fresh(state.calls);
    if (fresh.length) this.turns.add(fresh, (call) => (meta.now() - Date.parse(call.at)) / meta.speed);
    this.list();
    this.offerSound();
    this.tick();
  }

  /** Shows all but the loud place; a call that is still to have its time there is not listed yet. */
  list() {
    const { state, meta, turns, words: [words] } = this;
    if (!state || !meta || !words) return;
    const halls = Object.values(state.halls);
    const layout = layoutOf(state);
    const closed = halls.every((hall) => hall.state === "closed");
    this.arrange(layout, closed || !Object.keys({ ...state.queues, ...state.next }).length);
    if (closed) this.recent.forget();
    this.recent.show(state, turns.pending, meta.now(), words, layout.recent);
    if (!this.queues.hidden) this.queues.show(state, words);
    if (!this.next.hidden) this.next.show(state, words);
    this.explain(halls, words);
  }

  /** @param {ReturnType<typeof layoutOf>} layout @param {boolean} lineless whether there is no line to tell of */
  arrange({ kind, queues }, lineless) {
    const next = kind === "next";
    this.next.hidden = !next;
    this.queues.hidden = next;
    this.column.hidden = lineless || !(next || queues);
    const narrow = next && !(this.portrait.matches && this.panels.hidden);
    this.recent.loud = this.turns.shown !== null;
    this.recent.narrow = narrow;
    for (const [name, on] of Object.entries({
      "is-loud": this.recent.loud, "is-next": next, "is-narrow": narrow, "has-lines": !this.column.hidden, "has-panels": !this.panels.hidden,
      "has-halls": Object.keys(this.state?.halls || {}).length > 1,
    })) this.classList.toggle(name, on);
  }

  /** Says how the halls stand: in place of the list where it is empty, else above it. @param {BoardHall[]} halls @param {Words} words */
  explain(halls, words) {
    const [only, another] = halls;
    const alone = only !== undefined && another === undefined;
    const empty = this.recent.empty && !this.turns.pending.length;
    this.recent.hidden = empty;
    this.empty.hidden = !empty;
    if (empty) fillWith(this.empty, standing(alone ? only.state : "open", alone ? words.names(only.notice) : "", words));
    const told = alone && empty ? [] : halls.filter((hall) => hall.state !== "open" || hall.notice);
    this.notices.hidden = !told.length;
    fillWith(this.notices, notices(told, alone, words));
  }

  /** A call has its turn in the loud place. @param {Announcement} call */
  announce(call) {
    const { state, words: [words] } = this;
    if (!words || !state) return;
    const { halls } = state;
    this.recent.join([call]);
    this.list();
    this.loud.show(call, this.words, Object.keys(halls).length > 1 ? words.names(halls[call.hall]?.names) : "");
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
    return !this.turns.busy;
  }
}

customElements.define("hall-board", HallBoard);

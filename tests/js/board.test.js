/** What the board decides by itself: whose turn it is, what was announced, what is listed, how it is said. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Announced } from "../../display_board/announced.js";
import { KEPT_MS, rowsOf } from "../../display_board/rows.js";
import { LATEST_MS, LEAST_MS, LONGEST_MS, LOUD_MS, PRESSED_MS, Turns } from "../../display_board/turns.js";
import { takenBack } from "../../display_board/undone.js";
import { counterWords, spokenNumber, spokenWords } from "../../display_board/where.js";
import { Words } from "../../qms/web/shared/i18n.js";
import { Time } from "./world.js";
import "./served.js";

const { Announcer, speak } = await import("../../display_board/announcer.js");
const { Speech } = await import("../../display_board/speech.js");
const { audible, localTime, soundOf } = await import("../../display_board/setup.js");

const START = Date.parse("2026-11-24T09:00:00Z");
const at = (seconds) => new Date(START + seconds * 1000).toISOString();

let time;

beforeEach(() => {
  time = new Time();
});

afterEach(() => time.restore());

/** Turns whose voice takes `spoken` milliseconds; the log tells what stood in the loud place when. */
function turnsOf(spoken, room = 8) {
  const log = [];
  const listed = [];
  const turns = new Turns({
    show: (call) => log.push([time.at, call]),
    say: () => new Promise((done) => setTimeout(done, spoken)),
    hush: () => log.push([time.at, "hush"]),
    list: (calls) => listed.push([time.at, ...calls]),
    room: () => room,
    clear: () => log.push([time.at, ""]),
  }, () => time.at);
  return { turns, log, listed };
}

/** Lets time pass in small steps, so that promises are kept in between. */
async function pass(ms) {
  for (let passed = 0; passed < ms; passed += 100) {
    time.pass(100);
    for (let n = 0; n < 12; n += 1) await null;
  }
}

test("a call alone stands in the loud place for eight seconds", async () => {
  const { turns, log } = turnsOf(3000);
  turns.add(["A1"]);
  await pass(60_000);
  assert.deepEqual(log, [[0, "A1"], [LOUD_MS, ""]]);
  assert.equal(turns.busy, false);
});

test("while it is spoken longer a call stays, so that it is seen as it is heard", async () => {
  const { turns, log } = turnsOf(20_000);
  turns.add(["A1"]);
  await pass(60_000);
  assert.deepEqual(log, [[0, "A1"], [20_000, ""]]);
});

test("while others wait a turn ends once it was seen for four seconds and said", async () => {
  const { turns, log } = turnsOf(1000);
  turns.add(["A1", "A2", "A3"]);
  await pass(30_000);
  assert.deepEqual(log, [[0, "A1"], [LEAST_MS, "A2"], [2 * LEAST_MS, "A3"], [2 * LEAST_MS + LOUD_MS, ""]]);
});

test("a slow voice is waited for, one that never ends is cut off", async () => {
  for (const [spoken, turn] of [[6000, 6000], [600_000, PRESSED_MS]]) {
    const { turns, log } = turnsOf(spoken);
    const start = time.at;
    turns.add(["A1", "A2"]);
    await pass(PRESSED_MS + 1000);
    assert.deepEqual(log.find(([, call]) => call === "A2"), [start + turn, "A2"]);
    assert.equal(log.some(([, call]) => call === "hush"), spoken > PRESSED_MS);
  }
  const { turns, log } = turnsOf(600_000);
  const start = time.at;
  turns.add(["A1"]);
  await pass(LONGEST_MS + 1000);
  assert.deepEqual(log.slice(1), [[start + LONGEST_MS, "hush"], [start + LONGEST_MS, ""]]);
});

test("who comes late while one is spoken at length waits from then on", async () => {
  const { turns, log } = turnsOf(50_000);
  turns.add(["A1"]);
  await pass(30_000);
  turns.add(["A2"]);
  await pass(PRESSED_MS + 1000);
  assert.deepEqual(log.slice(1), [[30_000 + PRESSED_MS, "hush"], [30_000 + PRESSED_MS, "A2"]]);
});

test("what is shown or waits is pending", async () => {
  const { turns } = turnsOf(0);
  assert.deepEqual(turns.pending, []);
  turns.add(["A1", "A2", "A3"]);
  assert.deepEqual(turns.pending, ["A1", "A2", "A3"]);
  await pass(LEAST_MS + 100);
  assert.deepEqual(turns.pending, ["A2", "A3"]);
});

test("a call that comes late in a turn is shown at once", async () => {
  const { turns, log } = turnsOf(1000);
  turns.add(["A1"]);
  await pass(6000);
  turns.add(["A2"]);
  await pass(200);
  assert.equal(log[1][1], "A2");
  assert.ok(log[1][0] <= 6100);
});

test("none is skipped, oldest first; who waits over a minute is seen in the list, a screenful at a time", async () => {
  const { turns, log, listed } = turnsOf(0);
  const calls = Array.from({ length: 36 }, (_, n) => `A${n}`);
  turns.add(calls);
  await pass(200_000);
  const shown = log.map(([, call]) => call).filter(Boolean);
  const loud = LATEST_MS / LEAST_MS + 1;
  assert.deepEqual(shown, calls.slice(0, loud));
  assert.deepEqual(listed.map(([at]) => at), [0, 1, 2].map((n) => (loud + n) * LEAST_MS));
  assert.deepEqual(listed.flatMap(([, ...some]) => some), calls.slice(loud));
  assert.ok(listed.every(([, ...some]) => some.length <= 8));
  assert.equal(turns.busy, false);
});

test("a call that was old when the page heard of it is not announced", async () => {
  const { turns, log, listed } = turnsOf(0);
  turns.add(["A1", "A2"], (call) => (call === "A1" ? LATEST_MS + 1 : 0));
  assert.deepEqual(listed, [[0, "A1"]]);
  await pass(LEAST_MS);
  assert.deepEqual(log, [[LEAST_MS, "A2"]]);
});

test("a call that was taken back leaves the loud place at once, or never comes there", async () => {
  const { turns, log } = turnsOf(5000);
  turns.add(["A1", "A2", "A3"]);
  await pass(1000);
  turns.drop((call) => call === "A1" || call === "A2");
  await pass(20_000);
  assert.deepEqual(log, [[0, "A1"], [1000, "hush"], [1000, "A3"], [1000 + LOUD_MS, ""]]);
});

test("a call is taken back if it is young and yet no longer in the view", () => {
  const now = START + 100_000;
  const calls = { "h:7": call("A1", 60, { order: 7 }), "k:9": call("A2", 60, { order: 9, hall: "k" }) };
  const gone = takenBack(calls, now);
  assert.equal(gone(call("A1", 60, { order: 7 })), false);
  assert.equal(gone(call("A1", 60, { order: 9 })), true);
  assert.equal(gone(call("A3", 60, { order: 8, hall: "k" })), true);
  assert.equal(gone(call("A3", 49, { order: 8 })), false);
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`h:${n}`, call(`A${n}`, 99, { order: 100 + n })]));
  assert.equal(takenBack(many, now)(call("A3", 99, { order: 8 })), false);
});

/** Numbers that look like chance, and are the same at each run. */
function* chance(seed) {
  for (let state = seed;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** A morning of calls at random, at most `pace` milliseconds apart, spoken in `languages`; what was seen and said, and how many waited then. */
async function morning(seed, languages, repeat, pace) {
  const random = chance(seed);
  const next = () => random.next().value;
  const seen = [];
  const said = [];
  const turns = new Turns({
    show: (call) => seen.push({ call, at: time.at, loud: true }),
    say: (call) => speak(languages, repeat, () => turns.waiting, (language) => {
      said.push({ call, language, at: time.at, waiting: turns.waiting });
      return new Promise((done) => setTimeout(() => done(true), 1000 + 3000 * next()));
    }),
    hush: () => assert.fail("a voice that ends was cut off"),
    list: (calls) => seen.push(...calls.map((call) => ({ call, at: time.at, loud: false }))),
    room: () => 6,
    clear: () => undefined,
  }, () => time.at);
  const called = [];
  for (let n = 0; n < 60; n += 1) {
    const some = Array.from({ length: next() < 1000 / pace ? 12 : Math.ceil(next() * 3) }, (_, k) => `A${n}.${k}`);
    for (const call of some) called.push({ call, at: time.at });
    turns.add(some);
    await pass(next() < 0.4 ? 500 : next() * pace);
  }
  await pass(600_000);
  assert.equal(turns.busy, false);
  return { called, seen, said };
}

test("whatever comes: each call is seen once and in order, and heard unless it was a minute old", async () => {
  for (const seed of [1, 2, 3, 5, 8, 13]) {
    const { called, seen, said } = await morning(seed, ["pl", "en", "uk"], 2, 15_000);
    assert.deepEqual(seen.map(({ call }) => call), called.map(({ call }) => call));
    const born = new Map(called.map(({ call, at }) => [call, at]));
    for (const { call, at, loud } of seen) {
      const old = at - born.get(call) > LATEST_MS;
      assert.equal(loud, !old);
      assert.equal(said.filter((one) => one.call === call && one.language === "pl").length > 0, !old);
    }
    const times = [...new Set(seen.map(({ at }) => at))];
    assert.ok(times.every((at, n) => !n || at - times[n - 1] >= LEAST_MS));
  }
});

test("whatever comes: languages are shed as soon as one waits, repeats as soon as two do", async () => {
  const shed = { languages: 0, repeats: 0, neither: 0 };
  for (const seed of [21, 34, 55]) {
    const { seen, said } = await morning(seed, ["pl", "en"], 2, 40_000);
    for (const { call, loud } of seen) {
      const own = said.filter((one) => one.call === call);
      if (!loud) continue;
      assert.equal(own[0].language, "pl");
      for (const { language, waiting } of own.slice(1)) assert.ok(waiting <= (language === "pl" ? 1 : 0));
      const order = own.map(({ language }) => language).join(" ");
      assert.ok(["pl", "pl pl", "pl en", "pl en pl", "pl pl en", "pl en pl en"].includes(order), order);
      if (order === "pl en pl en") shed.neither += 1;
      else if (order === "pl pl") shed.languages += 1;
      else if (order === "pl") shed.repeats += 1;
    }
  }
  assert.ok(Object.values(shed).every((n) => n > 3), JSON.stringify(shed));
});

test("a language without a voice gives way to the next one, however many wait", async () => {
  const said = [];
  const say = async (language) => {
    said.push(language);
    return language === "en";
  };
  await speak(["uk", "en", "de"], 2, () => 3, say);
  assert.deepEqual(said, ["uk", "en"]);
  await speak(["uk"], 3, () => 0, async () => said.push("again") && false);
  assert.deepEqual(said.slice(2), ["again"]);
});

const call = (number, seconds, more = {}) => ({
  order: seconds, hall: "h", number, counter: "4", counter_names: { pl: "4", en: "4" }, at: at(seconds), again: false, state: "serving", ...more,
});

function storage(kept = {}) {
  return { getItem: (key) => kept[key] ?? null, setItem: (key, value) => { kept[key] = value; } };
}

test("each call is announced once, oldest first, also when the page was loaded anew", () => {
  const kept = {};
  const calls = { "h:8": call("A2", 8), "h:7": call("A1", 7) };
  const announced = new Announced(storage(kept));
  assert.deepEqual(announced.fresh(calls).map(({ number }) => number), ["A1", "A2"]);
  assert.deepEqual(announced.fresh({ ...calls, "h:9": call("A1", 9, { again: true }) }).map(({ order }) => order), [9]);
  assert.deepEqual(new Announced(storage(kept)).fresh(calls), []);
});

test("a hall that begins anew may use a key again", () => {
  const announced = new Announced(storage());
  announced.fresh({ "h:7": call("A1", 7) });
  assert.equal(announced.fresh({ "h:7": call("B1", 9) }).length, 1);
});

test("a browser without storage still announces once", () => {
  const shut = { getItem: () => { throw new Error("shut"); }, setItem: () => { throw new Error("shut"); } };
  const announced = new Announced(shut);
  assert.equal(announced.fresh({ "h:7": call("A1", 7) }).length, 1);
  assert.equal(announced.fresh({ "h:7": call("A1", 7) }).length, 0);
});

const LONGEST = 8;
const rows = (before, recent, { announced = [], pending = [], now = START, longest = LONGEST } = {}) => rowsOf(before, recent, announced, pending, now, longest);
const numbers = (shown) => [...shown.values()].map(({ number }) => number);

test("the list is newest first, and a visit that ends leaves no gap while people read", () => {
  const first = rows(new Map(), { a: call("A1", 1), b: call("A2", 2) });
  assert.deepEqual(numbers(first), ["A2", "A1"]);
  const second = rows(first, { a: call("A1", 1), c: call("A3", 3) });
  assert.deepEqual(numbers(second), ["A3", "A2", "A1"]);
  assert.deepEqual([...second.values()].map(({ state }) => state), ["serving", undefined, "serving"]);
});

test("a ticket called again moves up; it never stands there twice", () => {
  const shown = rows(rows(new Map(), { a: call("A1", 1), b: call("A2", 2) }), { a: call("A1", 3) });
  assert.deepEqual([...shown.values()].map(({ number, order }) => [number, order]), [["A1", 3], ["A2", 2]]);
});

test("a call joins the list after its time in the loud place; a ticket called again stays where it was", () => {
  const before = rows(new Map(), { a: call("A1", 1), b: call("A2", 2) });
  const recent = { a: call("A1", 4), b: call("A2", 2), c: call("A3", 3) };
  const held = rows(before, recent, { pending: [call("A3", 3), call("A1", 4)] });
  assert.deepEqual([...held.values()].map(({ number, order }) => [number, order]), [["A2", 2], ["A1", 1]]);
  assert.deepEqual(numbers(rows(held, recent, { pending: [call("A1", 4)] })), ["A3", "A2", "A1"]);
  assert.deepEqual(numbers(rows(held, recent)), ["A1", "A3", "A2"]);
  assert.equal(rows(before, recent, { pending: [call("A3", 3, { hall: "other" })] }).size, 3);
});

test("a call that the view no longer lists joins all the same once it was announced", () => {
  const shown = rows(new Map(), { b: call("A2", 2) }, { announced: [call("A1", 1), call("A2", 1)] });
  assert.deepEqual([...shown.values()].map(({ number, state }) => [number, state]), [["A2", "serving"], ["A1", undefined]]);
});

test("in whatever flood: who is passed over by the loud place stands in the list that people see", async () => {
  const room = 6;
  const called = [];
  const unseen = new Set();
  let shown = new Map();
  const list = (announced) => {
    const recent = Object.fromEntries(called.slice(-8).map((one) => [`t${one.order}`, one]));
    shown = rowsOf(shown, recent, announced, turns.pending, START + time.at, room);
    for (const number of numbers(shown)) unseen.delete(number);
  };
  const turns = new Turns({
    show: ({ number }) => unseen.delete(number), say: async () => undefined, hush: () => undefined, list, room: () => room, clear: () => list([]),
  }, () => time.at);
  const random = chance(7);
  for (let n = 0; n < 40; n += 1) {
    const some = Array.from({ length: 1 + Math.floor(random.next().value * 9) }, (_, k) => call(`A${n}.${k}`, time.at / 1000, { order: n * 10 + k }));
    for (const { number } of some) unseen.add(number);
    called.push(...some);
    turns.add(some);
    await pass(random.next().value * 10_000);
  }
  await pass(600_000);
  assert.deepEqual([...unseen], []);
});

test("a number that two halls use at once stands there twice", () => {
  assert.equal(rows(new Map(), { a: call("A1", 1), b: call("A1", 2, { hall: "other" }) }).size, 2);
});

test("old visits and those past the end of the list go", () => {
  const recent = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`t${n}`, call(`A${n}`, n)]));
  const shown = rows(new Map(), recent);
  assert.deepEqual(numbers(shown), Array.from({ length: LONGEST }, (_, n) => `A${11 - n}`));
  assert.equal(rows(new Map(), recent, { longest: 12 }).size, 12);
  assert.equal(rows(shown, {}, { now: START + 11_000 + KEPT_MS }).size, 0);
  assert.equal(rows(shown, { t3: call("A3", 3) }, { now: START + 11_000 + KEPT_MS }).size, 1);
});

const SOUND = { mode: "voice", languages: ["pl", "en"], repeat: 1, volume: 0.5, heard: [] };

test("a screen is heard at its hours only, and never without volume", () => {
  const heard = [{ opens: "08:00:00", closes: "12:00:00" }, { opens: "13:00:00", closes: "15:30:00" }];
  const at = (time, more = {}) => audible({ ...SOUND, heard, ...more }, time);
  assert.deepEqual(["07:59", "08:00", "11:59", "12:00", "13:00", "15:29", "15:30"].map((time) => at(time)), [false, true, true, false, true, true, false]);
  assert.equal(at("09:00", { mode: "chime" }), true);
  assert.equal(at("09:00", { mode: "off" }), false);
  assert.equal(at("09:00", { volume: 0 }), false);
  assert.equal(at("03:00", { heard: [] }), true);
});

test("the hours are those of the hall's clock, whatever language the screen speaks", () => {
  assert.equal(localTime(Date.parse("2026-07-01T22:05:00Z"), "Europe/Warsaw"), "00:05");
  assert.equal(localTime(Date.parse("2026-12-01T22:05:00Z"), "Europe/Warsaw"), "23:05");
});

test("the set-up says how a board is heard, else its address; spoken are its languages, else the screen's", () => {
  const sound = { mode: "chime", languages: [], repeat: 2, volume: 40 };
  assert.deepEqual(soundOf({ board: { sound } }, ["pl", "de"]), { mode: "chime", languages: ["pl", "de"], repeat: 2, volume: 0.4, heard: [] });
  assert.deepEqual(soundOf({ board: { sound: { ...sound, languages: ["uk"] } } }, ["pl"]).languages, ["uk"]);
  assert.deepEqual(soundOf({}, ["pl"]), { mode: "voice", languages: ["pl"], repeat: 1, volume: 1, heard: [] });
});

/** A browser that makes sound: what is heard goes into `heard`; `voices` are its own, `server` speaks the rest. */
class Ears {
  constructor({ voices = [], server = [], state = "running", playable = true } = {}) {
    this.heard = [];
    this.asked = [];
    this.server = server;
    this.playable = playable;
    const ears = this;
    const param = () => ({ value: 1, setValueAtTime() {}, exponentialRampToValueAtTime(to) { this.value = Math.max(to, this.value === 1 ? 0 : this.value); } });
    const node = (start) => ({
      connect(to) { this.to = to; }, disconnect() {}, frequency: {}, addEventListener(_, act) { this.done = act; },
      start() { start(this); }, stop() {},
    });
    globalThis.AudioContext = class {
      state = state;
      currentTime = 0;
      resume() { return Promise.reject(new Error("no touch yet")); }
      createGain() { return { gain: param(), connect() {}, disconnect() {} }; }
      createOscillator() { return node((tone) => ears.heard.push(["tone", tone.to.gain.value])); }
      createBufferSource() {
        return node((source) => {
          ears.heard.push([`server ${source.buffer.language}`, source.to.gain.value]);
          setTimeout(() => source.done(), 1000);
        });
      }
      async decodeAudioData(bytes) {
        if (!ears.playable) throw new Error("no sound at all");
        return { duration: 1, language: bytes.language };
      }
    };
    globalThis.document = { addEventListener() {} };
    globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    globalThis.window = { speechSynthesis: {
      getVoices: () => voices.map(([lang, localService]) => ({ lang, localService })),
      cancel() {},
      speak: (one) => {
        ears.heard.push([`voice ${one.lang}`, one.volume]);
        setTimeout(() => one.onend(), 1000);
      },
    } };
    globalThis.fetch = async (address) => {
      const [, language] = /speech\/(\w+)\?/.exec(address);
      ears.asked.push(address.slice(address.indexOf("/api")));
      const ok = ears.server.includes(language);
      return { ok, status: ok ? 200 : 404, arrayBuffer: async () => ({ language }) };
    };
  }

  get spoken() {
    return this.heard.map(([what]) => what).filter((what) => what !== "tone");
  }
}

const LANGUAGES = new Map(["pl", "en", "uk", "de"].map((language) => [language, new Words(language, { "board.say_call": "{number}, {counter}", "board.say_again": "{number}, {counter}", "board.say_counter": "{counter}" })]));

/** Says one call with these settings. */
async function say(ears, sound = {}, more = {}, announcer = new Announcer(() => undefined)) {
  announcer.follow({ ...SOUND, ...sound }, () => more.time || "09:00");
  const saying = announcer.say(call("A1", 1, more.call), (language) => LANGUAGES.get(language), () => 0);
  await pass(20_000);
  await saying;
  assert.equal(ears.heard.length > 0, (more.silent || false) === false);
  return announcer;
}

test("a call is heard as a chime and then in each language, as loud as was set", async () => {
  const ears = new Ears({ voices: [["pl-PL", true], ["en-GB", true]] });
  await say(ears, { repeat: 2 });
  assert.deepEqual(ears.spoken, ["voice pl-PL", "voice en-GB", "voice pl-PL", "voice en-GB"]);
  assert.deepEqual(ears.heard.map(([, volume]) => volume), [0.15, 0.15, 0.5, 0.5, 0.5, 0.5]);
  assert.deepEqual(ears.asked, []);
});

test("the browser's own voice comes first, then the server's, then one from elsewhere", async () => {
  const ears = new Ears({ voices: [["pl-PL", true], ["en-GB", false], ["uk-UA", false]], server: ["pl", "en"] });
  await say(ears, { languages: ["pl", "en", "uk", "de"] });
  assert.deepEqual(ears.spoken, ["voice pl-PL", "server en", "voice uk-UA"]);
  assert.equal(ears.heard.find(([what]) => what === "server en")[1], 0.5);
});

test("where nothing can speak the chime alone is heard, and the server is not asked at each call", async () => {
  for (const browser of [{}, { server: ["pl", "en"], playable: false }]) {
    const ears = new Ears(browser);
    const announcer = await say(ears);
    assert.deepEqual(ears.spoken, []);
    assert.equal(ears.asked.length, 2);
    await say(ears, {}, { call: { again: true } }, announcer);
    assert.equal(ears.asked.length, 2 + ears.server.length);
  }
});

test("outside its hours, shut off or not allowed yet, nothing sounds; settings count from the next moment on", async () => {
  const heard = [{ opens: "08:00:00", closes: "16:00:00" }];
  const ears = new Ears({ voices: [["pl-PL", true]] });
  const announcer = await say(ears, { heard }, { time: "16:00", silent: true });
  await say(ears, { mode: "off" }, { silent: true }, announcer);
  await say(ears, { volume: 0 }, { silent: true }, announcer);
  await say(ears, { mode: "chime" }, {}, announcer);
  assert.deepEqual(ears.spoken, []);
  await say(ears, { heard, volume: 1 }, { time: "15:59" }, announcer);
  assert.deepEqual(ears.heard.slice(2), [["tone", 0.3], ["tone", 0.3], ["voice pl-PL", 1]]);
  await say(new Ears({ state: "suspended", voices: [["pl-PL", true]] }), {}, { silent: true });
});

test("what the server speaks is fetched once for a call said twice, and only so much is kept", async () => {
  const ears = new Ears({ server: ["pl"] });
  const announcer = await say(ears, { languages: ["pl"], repeat: 2 }, { call: { again: true } });
  assert.deepEqual(ears.spoken, ["server pl", "server pl"]);
  assert.deepEqual(ears.asked, ["/api/v1/halls/h/speech/pl?number=A1&counter=4&again=1"]);
  const speech = new Speech(announcer.speaker, () => time.at);
  for (let n = 0; n < 40; n += 1) await speech.prepare("pl", call(`B${n}`, n));
  assert.ok(speech.kept.size <= 12);
  const asked = ears.asked.length;
  await speech.prepare("pl", call("B39", 39));
  assert.equal(ears.asked.length, asked);
  await speech.prepare("pl", call("B0", 0));
  assert.equal(ears.asked.length, asked + 1);
});

const ENGLISH = new Words("en", {
  "common.counter": "Counter", "board.say_call": "Number {number}, {counter}.", "board.say_again": "Once more: number {number}, {counter}.", "board.say_counter": "counter {counter}",
});

test("a number is said as letter and number, without its zeros", () => {
  assert.deepEqual(["A012", "B100", "007", "AB01", "A000", "X"].map(spokenNumber), ["A 12", "B 100", "7", "AB 1", "A 0", "X"]);
});

test("a counter is said by its number or by its own name", () => {
  assert.equal(spokenWords(ENGLISH, call("A012", 1)), "Number A 12, counter 4.");
  assert.equal(spokenWords(ENGLISH, call("A012", 1, { again: true, counter_names: { en: "Cash desk" } })), "Once more: number A 12, Cash desk.");
  assert.equal(spokenWords(ENGLISH, call("A012", 1, { counter_names: {} })), "Number A 12, counter 4.");
});

test("a counter without a name of its own stands under the word 'counter'", () => {
  assert.deepEqual(counterWords(ENGLISH, { en: "12a" }, "x"), { label: "Counter", name: "12a" });
  assert.deepEqual(counterWords(ENGLISH, { en: "Cash desk" }, "x"), { label: "", name: "Cash desk" });
});

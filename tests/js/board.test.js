/** What the board decides by itself: whose turn it is, what was announced, what is listed, how it is said. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Announced } from "../../display_board/announced.js";
import { KEPT_MS, LONGEST_LIST, rowsOf } from "../../display_board/rows.js";
import { LATEST_MS, LEAST_MS, LOUD_MS, Turns } from "../../display_board/turns.js";
import { counterWords, spokenNumber, spokenWords } from "../../display_board/where.js";
import { Words } from "../../qms/web/shared/i18n.js";
import { Time } from "./world.js";

const START = Date.parse("2026-11-24T09:00:00Z");
const at = (seconds) => new Date(START + seconds * 1000).toISOString();

let time;

beforeEach(() => {
  time = new Time();
});

afterEach(() => time.restore());

/** Turns whose voice takes `spoken` milliseconds; the log tells what stood in the loud place when. */
function turnsOf(spoken) {
  const log = [];
  const turns = new Turns({
    show: (call) => log.push([time.at, call]),
    say: () => new Promise((done) => setTimeout(done, spoken)),
    clear: () => log.push([time.at, ""]),
  }, () => time.at);
  return { turns, log };
}

/** Lets time pass in small steps, so that promises are kept in between. */
async function pass(ms) {
  for (let passed = 0; passed < ms; passed += 100) {
    time.pass(100);
    await null;
    await null;
  }
}

test("a call alone stands in the loud place for eight seconds", async () => {
  const { turns, log } = turnsOf(3000);
  turns.add(["A1"]);
  await pass(60_000);
  assert.deepEqual(log, [[0, "A1"], [LOUD_MS, ""]]);
});

test("while others wait a turn ends once it was seen for four seconds and said", async () => {
  const { turns, log } = turnsOf(1000);
  turns.add(["A1", "A2", "A3"]);
  await pass(30_000);
  assert.deepEqual(log, [[0, "A1"], [LEAST_MS, "A2"], [2 * LEAST_MS, "A3"], [2 * LEAST_MS + LOUD_MS, ""]]);
});

test("a slow voice is waited for, but not longer than a whole turn", async () => {
  for (const [spoken, turn] of [[6000, 6000], [60_000, LOUD_MS]]) {
    const { turns, log } = turnsOf(spoken);
    const start = time.at;
    turns.add(["A1", "A2"]);
    await pass(9000);
    assert.deepEqual(log[1], [start + turn, "A2"]);
  }
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

test("none is skipped, oldest first; who waits over a minute is in the list already", async () => {
  const { turns, log } = turnsOf(0);
  const calls = Array.from({ length: 20 }, (_, n) => `A${n}`);
  turns.add(calls);
  await pass(200_000);
  const shown = log.map(([, call]) => call).filter(Boolean);
  assert.deepEqual(shown, calls.slice(0, LATEST_MS / LEAST_MS + 1));
  assert.equal(turns.shown, null);
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

test("the list is newest first, and a visit that ends leaves no gap while people read", () => {
  const first = rowsOf(new Map(), { a: call("A1", 1), b: call("A2", 2) }, [], START);
  assert.deepEqual([...first.keys()], ["b", "a"]);
  const second = rowsOf(first, { a: call("A1", 1), c: call("A3", 3) }, [], START);
  assert.deepEqual([...second.keys()], ["c", "b", "a"]);
});

test("a ticket called again moves up; it never stands there twice", () => {
  const rows = rowsOf(rowsOf(new Map(), { a: call("A1", 1), b: call("A2", 2) }, [], START), { a: call("A1", 3) }, [], START);
  assert.deepEqual([...rows].map(([ticket, { order }]) => [ticket, order]), [["a", 3], ["b", 2]]);
});

test("a call joins the list after its time in the loud place; a ticket called again stays where it was", () => {
  const before = rowsOf(new Map(), { a: call("A1", 1), b: call("A2", 2) }, [], START);
  const recent = { a: call("A1", 4), b: call("A2", 2), c: call("A3", 3) };
  const held = rowsOf(before, recent, [call("A3", 3), call("A1", 4)], START);
  assert.deepEqual([...held].map(([ticket, { order }]) => [ticket, order]), [["b", 2], ["a", 1]]);
  assert.deepEqual([...rowsOf(held, recent, [call("A1", 4)], START).keys()], ["c", "b", "a"]);
  assert.deepEqual([...rowsOf(held, recent, [], START).keys()], ["a", "c", "b"]);
  assert.equal(rowsOf(before, recent, [call("A3", 3, { hall: "other" })], START).size, 3);
});

test("old visits and those past the end of the list go", () => {
  const recent = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`t${n}`, call(`A${n}`, n)]));
  const rows = rowsOf(new Map(), recent, [], START);
  assert.deepEqual([...rows.keys()], Array.from({ length: LONGEST_LIST }, (_, n) => `t${11 - n}`));
  assert.equal(rowsOf(rows, {}, [], START + 11_000 + KEPT_MS).size, 0);
  assert.equal(rowsOf(rows, { t3: call("A3", 3) }, [], START + 11_000 + KEPT_MS).size, 1);
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

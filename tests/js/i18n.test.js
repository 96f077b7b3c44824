import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { BASE } from "../../qms/web/shared/base.js";
import { Words, loadWords } from "../../qms/web/shared/i18n.js";

const SLAVIC = { one: "{n} osoba", few: "{n} osoby", many: "{n} osób" };
const GERMANIC = { one: "{n} person", other: "{n} people" };
const WAITS = {
  "common.wait_soon": "soon",
  "common.wait_unknown": "unknown",
  "common.wait_up_to": "up to {high} min",
  "common.wait_range": "{low}–{high} min",
  "common.wait_long": "{low} – {high}",
  "common.wait_up_to_about": "up to about {high} min",
  "common.wait_range_about": "about {low}–{high} min",
  "common.wait_long_about": "about {low} – {high}",
  "common.minutes_short": "{m} min",
  "common.hours_short": "{h} h",
  "common.hours_minutes_short": "{h} h {m} min",
};

afterEach(() => {
  delete globalThis.fetch;
});

test("each language picks the plural form that its grammar asks for", () => {
  for (const language of ["pl", "uk"]) {
    const words = new Words(language, { people: SLAVIC });
    const said = [0, 1, 2, 4, 5, 12, 22, 25, 112].map((n) => words.tn("people", n));
    const expected = ["0 osób", "1 osoba", "2 osoby", "4 osoby", "5 osób", "12 osób", "22 osoby", "25 osób", "112 osób"];
    assert.deepEqual(said, expected);
  }
  for (const language of ["en", "de"]) {
    const words = new Words(language, { people: GERMANIC });
    assert.deepEqual([0, 1, 2, 21].map((n) => words.tn("people", n)), ["0 people", "1 person", "2 people", "21 people"]);
  }
});

test("in Ukrainian 21 is singular, in Polish it is not", () => {
  assert.equal(new Words("uk", { people: SLAVIC }).tn("people", 21), "21 osoba");
  assert.equal(new Words("pl", { people: SLAVIC }).tn("people", 21), "21 osób");
});

test("placeholders are filled; one without a value, or a key without a text, stays to be seen", () => {
  const words = new Words("en", { call: "Number {number}, {counter}" });
  assert.equal(words.t("call", { number: "A012", counter: "4" }), "Number A012, 4");
  assert.equal(words.t("call", { number: "A012" }), "Number A012, {counter}");
  assert.equal(words.t("no.such.key"), "no.such.key");
  assert.equal(words.t("call", { number: "{counter}", counter: "4" }), "Number {counter}, 4");
});

test("an office's text falls back to the first language in which it was given", () => {
  const words = new Words("de", {});
  assert.equal(words.names({ pl: "Kasa", de: "Kasse" }), "Kasse");
  assert.equal(words.names({ pl: "Kasa" }), "Kasa");
  assert.equal(words.names(undefined), "");
});

test("times and days are those of the hall's zone, on a 24-hour clock", () => {
  const instant = "2026-11-24T08:05:00Z";
  const said = ["pl", "en", "uk", "de"].map((language) => {
    const words = new Words(language, {}, "Europe/Warsaw");
    return [words.time(instant), words.day(instant).replace(",", "")];
  });
  assert.deepEqual(said, [
    ["09:05", "wtorek 24 listopada"],
    ["09:05", "Tuesday 24 November"],
    ["09:05", "вівторок 24 листопада"],
    ["09:05", "Dienstag 24. November"],
  ]);
  const words = new Words("en", {}, "Europe/Warsaw");
  assert.equal(words.time("2026-11-24T23:00:00Z"), "00:00");
  words.zone = "UTC";
  assert.equal(words.time("2026-11-24T23:00:00Z"), "23:00");
  assert.deepEqual([words.weekday(0), words.weekday(6)], ["Monday", "Sunday"]);
});

test("a wait is a range in steps of five minutes, never more exact", () => {
  const words = new Words("en", WAITS);
  const range = (low, high) => ({ low, mid: (low + high) / 2, high });
  assert.equal(words.wait(range(23, 41), 5), "20–45 min");
  assert.equal(words.wait(range(25, 40), 5), "25–40 min");
  assert.equal(words.wait(range(5, 5), 5), "5–10 min");
  assert.equal(words.wait(range(2, 9), 1), "up to 10 min");
  assert.equal(words.wait(range(0, 0), 1), "up to 5 min");
  assert.equal(words.wait(range(80, 131), 20), "1 h 20 min – 2 h 15 min");
  assert.equal(words.wait(range(60, 120), 20), "1 h – 2 h");
});

test("a range that nothing measured is only about right, and says so", () => {
  const words = new Words("en", WAITS);
  const range = (low, high) => ({ low, mid: (low + high) / 2, high, about: true });
  assert.equal(words.wait(range(23, 41), 5), "about 20–45 min");
  assert.equal(words.wait(range(2, 9), 1), "up to about 10 min");
  assert.equal(words.wait(range(80, 131), 20), "about 1 h 20 min – 2 h 15 min");
});

test("with nobody ahead it is soon; with no estimate it is not known", () => {
  const words = new Words("en", WAITS);
  assert.equal(words.wait({ low: 0, mid: 2, high: 4 }, 0), "soon");
  assert.equal(words.wait(undefined, 0), "soon");
  assert.equal(words.wait({ low: 6, mid: 8, high: 12 }, 0), "5–15 min");
  assert.equal(words.wait(undefined, 3), "unknown");
});

test("words that all screens share come along with each domain", async () => {
  const asked = [];
  globalThis.fetch = async (path) => {
    asked.push(path);
    return { ok: true, json: async () => ({ [path]: "text" }) };
  };
  const all = await loadWords(["board"], ["pl", "de"]);
  assert.deepEqual([...all.keys()], ["pl", "de"]);
  assert.ok(all.get("de").has(`${BASE}/i18n/de/common.json`) && all.get("de").has(`${BASE}/i18n/de/board.json`));
  assert.equal(asked.length, 4);
});

test("a catalogue that cannot be had is an error, not a screen without words", async () => {
  globalThis.fetch = async () => ({ ok: false, status: 503 });
  await assert.rejects(loadWords(["board"], ["pl"]), /catalogue pl\/common: 503/);
});

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Words } from "../../qms/web/shared/i18n.js";
import { KEPT_MS, Offers, offerWords } from "../../qms/web/shared/offer.js";

const LONG = { low: 40, mid: 50, high: 70 };
const FREE = { start: "2026-11-25T08:10:00.000Z", in_days: 1 };

afterEach(() => {
  delete globalThis.fetch;
});

/** A calendar that answers; what it was asked is kept. */
function calendar(answer, ok = true) {
  const asked = [];
  globalThis.fetch = async (address) => {
    asked.push(address);
    return { ok, status: ok ? 200 : 503, text: async () => JSON.stringify(answer) };
  };
  return asked;
}

const settled = () => new Promise((done) => setTimeout(done, 5));

test("a long wait asks once a minute for each service, and says when there is an answer", async () => {
  const asked = calendar(FREE);
  let at = 0;
  let changes = 0;
  const offers = new Offers("town", () => { changes += 1; }, () => at);
  assert.equal(offers.beside("id-card", 30, LONG), null);
  assert.equal(offers.beside("id-card", 30, LONG), null);
  await settled();
  assert.equal(changes, 1);
  assert.deepEqual(offers.beside("id-card", 30, LONG), FREE);
  assert.equal(asked.length, 1);
  assert.ok(asked[0].endsWith("/api/v1/halls/town/first-free?service=id-card"));
  at = KEPT_MS;
  assert.deepEqual(offers.beside("id-card", 30, LONG), FREE, "the old one stays until the new one is there");
  await settled();
  assert.equal(asked.length, 2);
});

test("a short wait, one that is not known, and an office that offers nothing ask nothing", async () => {
  const asked = calendar(FREE);
  const offers = new Offers("town", () => {});
  offers.beside("id-card", 51, LONG);
  offers.beside("id-card", 30, undefined);
  offers.beside("id-card", 0, LONG);
  offers.beside("id-card", undefined, LONG);
  await settled();
  assert.deepEqual(asked, []);
});

test("a calendar that is full, or has no answer, offers nothing", async () => {
  for (const [answer, ok] of [[{ url: "" }, true], [{ code: "unavailable" }, false]]) {
    calendar(answer, ok);
    const offers = new Offers("town", () => {});
    offers.beside("id-card", 30, LONG);
    await settled();
    assert.equal(offers.beside("id-card", 30, LONG), null);
  }
});

test("a free time is today's, tomorrow's or that of a day", () => {
  const words = new Words("en", { "o_today": "today {time}", "o_tomorrow": "tomorrow {time}", "o_day": "{day}, {time}" }, "Europe/Warsaw");
  const said = [0, 1, 2].map((n) => offerWords(words, "o", { ...FREE, in_days: n }));
  assert.deepEqual(said, ["today 09:10", "tomorrow 09:10", "Wednesday 25 November, 09:10"]);
});

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { PAUSES_MS, PRESS_MS, Unread, getJson, guarded, post } from "../../qms/web/shared/api.js";

let asked;
let answers;
const real = { setTimeout: globalThis.setTimeout };

beforeEach(() => {
  asked = [];
  answers = [];
  globalThis.setTimeout = (act, ms) => real.setTimeout(act, PAUSES_MS.includes(ms) ? 0 : ms);
  globalThis.fetch = async (path, init) => {
    asked.push({ path, ...init });
    const [status, body] = answers.shift() ?? [0];
    if (!status) throw new TypeError("no network");
    return { ok: status < 300, status, text: async () => (typeof body === "string" ? body : JSON.stringify(body)) };
  };
});

afterEach(() => {
  globalThis.setTimeout = real.setTimeout;
  delete globalThis.fetch;
});

const keysOf = () => asked.map((one) => one.headers["Idempotency-Key"]);

test("a command without an answer is sent again under the same key", async () => {
  answers = [[0], [503, "busy"], [201, { number: "A012" }]];
  const answer = await post("/tickets", { service: "id" });
  assert.deepEqual([answer.ok, answer.status, answer.body], [true, 201, { number: "A012" }]);
  assert.equal(asked.length, 3);
  assert.equal(new Set(keysOf()).size, 1);
  assert.match(keysOf()[0], /^[0-9a-f]{32}$/);
});

test("each command has a key of its own, and a refusal is not asked for twice", async () => {
  answers = [[409, { code: "nobody_waiting", params: { a: 1 }, fresh: {} }], [409, { code: "nobody_waiting" }]];
  const first = await post("/next");
  await post("/next");
  assert.deepEqual([first.ok, first.code, first.params, first.body.fresh], [false, "nobody_waiting", { a: 1 }, {}]);
  assert.equal(new Set(keysOf()).size, 2);
});

test("whoever holds the key decides about the next try", async () => {
  const answer = await post("/tickets", {}, { key: "mine" });
  assert.deepEqual([answer.status, answer.code, asked.length], [0, "unanswered", 1]);
  assert.deepEqual(keysOf(), ["mine"]);
});

test("tries end: no answer at all is told as such", async () => {
  const answer = await post("/tickets");
  assert.deepEqual([answer.ok, answer.status, asked.length], [false, 0, 1 + PAUSES_MS.length]);
});

test("a read gives the document, or throws what the server said", async () => {
  answers = [[200, { a: 1 }], [404, { code: "not_found", detail: "No such hall." }], [502, "<html>"]];
  assert.deepEqual(await getJson("/halls/h"), { a: 1 });
  await assert.rejects(getJson("/halls/x"), (problem) => problem instanceof Unread && problem.code === "not_found" && problem.status === 404);
  await assert.rejects(getJson("/halls/x"), (problem) => problem.code === "other" && problem.status === 502);
});

test("a second press within a second, or while the first is under way, is swallowed", async () => {
  let machine = 0;
  let finish;
  const press = guarded((n) => new Promise((done) => {
    finish = () => done(n);
  }), () => machine);
  const first = press(1);
  machine += 5 * PRESS_MS;
  assert.equal(await press(2), null);
  finish();
  assert.equal(await first, 1);
  const third = press(3);
  finish();
  assert.equal(await third, 3);
  machine += PRESS_MS - 1;
  assert.equal(await press(4), null);
});

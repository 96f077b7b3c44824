import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { BusinessClock, FIRST_PAUSE_MS, LEAST_SHARE, LONGEST_PAUSE_MS, SILENCE_MS, live, merge } from "../../qms/web/shared/live.js";
import { World, beatMessage, patchMessage, stateMessage } from "./world.js";

let world;
let seen;
let line;

beforeEach(() => {
  world = new World();
  seen = { states: [], metas: [], stale: [], gone: [] };
});

afterEach(() => {
  line?.close();
  world.time.restore();
});

function watch(subject = { view: "board", hall: ["h", "k"] }) {
  line = live(subject, {
    onState: (state, meta) => {
      seen.states.push(state);
      seen.metas.push(meta);
    },
    onStale: (stale) => seen.stale.push(stale),
    onGone: (code) => seen.gone.push(code),
  }, world.parts);
  return world.socket;
}

test("the examples of RFC 7396 come out as the document says", () => {
  const examples = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [["a", "b"], ["c", "d"], ["c", "d"]],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, "bar", "bar"],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, merged] of examples) assert.deepEqual(merge(target, patch), merged);
});

test("a merge changes neither side, keeps what it does not touch, and writes no prototype", () => {
  const target = Object.freeze({ kept: Object.freeze({ a: 1 }), changed: Object.freeze({ b: 1 }) });
  const merged = merge(target, JSON.parse('{"changed": {"b": 2}, "__proto__": {"evil": true}}'));
  assert.equal(merged.kept, target.kept);
  assert.deepEqual(merged.changed, { b: 2 });
  assert.equal({}.evil, undefined);
  assert.equal(Object.getPrototypeOf(merged), Object.prototype);
});

test("the address names the view and every hall, and the board of the set-up", () => {
  assert.equal(watch().address, "ws://hall.test/live?view=board&hall=h&hall=k");
  assert.equal(watch({ view: "board", hall: "h", board: "main" }).address, "ws://hall.test/live?view=board&hall=h&board=main");
});

test("a patch is applied upon the revision before it", () => {
  const socket = watch();
  socket.say(stateMessage({ calls: { a: { order: 1 } } }));
  socket.say(patchMessage(2, { calls: { b: { order: 2 } } }));
  socket.say(patchMessage(3, { calls: { a: null } }));
  assert.deepEqual(seen.states[2], { calls: { b: { order: 2 } } });
  assert.deepEqual(seen.metas[2].halls, { h: 10 });
  assert.deepEqual(socket.sent, []);
});

for (const [doubt, message] of [
  ["a gap in the revisions", patchMessage(3, { x: 1 })],
  ["a patch heard twice", patchMessage(1, { x: 1 })],
  ["a patch of another stream", patchMessage(2, { x: 1 }, { stream: "s2" })],
  ["a beat of another revision", beatMessage(2)],
  ["a word that is no JSON", "{"],
]) {
  test(`${doubt} asks once for the full state, which puts everything right`, () => {
    const socket = watch();
    socket.say(stateMessage({ x: 0 }));
    socket.say(message);
    socket.say(patchMessage(2, { x: 2 }));
    assert.deepEqual(socket.sent, [{ type: "again" }]);
    assert.deepEqual(seen.states, [{ x: 0 }]);
    socket.say(stateMessage({ x: 5 }, { rev: 9, stream: "s2" }));
    socket.say(patchMessage(10, { x: 6 }, { stream: "s2" }));
    assert.deepEqual(seen.states.slice(1), [{ x: 5 }, { x: 6 }]);
  });
}

test("two beats missed: not current, the line is dropped and another one is tried", () => {
  const socket = watch();
  socket.say(stateMessage({}));
  world.time.pass(SILENCE_MS - 1);
  assert.deepEqual(seen.stale, []);
  world.time.pass(1);
  assert.deepEqual(seen.stale, [true]);
  assert.ok(socket.closed);
  world.time.pass(FIRST_PAUSE_MS);
  assert.equal(world.sockets.length, 2);
});

test("beats keep the screen current", () => {
  const socket = watch();
  socket.say(stateMessage({}));
  for (let n = 0; n < 10; n += 1) {
    world.time.pass(5000);
    socket.say(beatMessage(1));
  }
  assert.deepEqual(seen.stale, []);
});

test("a screen is current again only with a full state, and then says so first", () => {
  watch().say(stateMessage({ x: 1 }));
  world.time.pass(SILENCE_MS + FIRST_PAUSE_MS);
  const order = [];
  line.close();
  line = live({ view: "board", hall: "h" }, { onState: () => order.push("state"), onStale: (stale) => order.push(stale) }, world.parts);
  world.time.pass(SILENCE_MS + FIRST_PAUSE_MS);
  world.socket.say(stateMessage({ x: 2 }));
  assert.deepEqual(order, [true, false, "state"]);
});

test("pauses grow to a longest one, and differ by chance", () => {
  watch();
  for (const [chance, share] of [[0, LEAST_SHARE], [1, 1]]) {
    world.chance = chance;
    const pauses = [];
    world.page.dispatchEvent(new Event("online"));
    for (let n = 0; n < 6; n += 1) {
      const before = world.time.at;
      const { length } = world.sockets;
      world.socket.end();
      while (world.sockets.length === length) world.time.pass(10);
      pauses.push(world.time.at - before);
    }
    const longest = [1000, 2000, 4000, 8000, LONGEST_PAUSE_MS, LONGEST_PAUSE_MS];
    assert.deepEqual(pauses, longest.map((pause) => pause * share));
    world.socket.say(stateMessage({}));
  }
});

test("a server that was away meets its screens again within seconds, and not all at one moment", () => {
  const met = new Map();
  const lines = Array.from({ length: 200 }, (_, n) => {
    const parts = { ...world.parts, random: () => (n * 0.618034) % 1 };
    return live({ view: "board", hall: "h" }, { onState: () => met.set(n, world.time.at) }, parts);
  });
  const dead = 30_000;
  for (const socket of world.sockets.splice(0)) socket.end(1012);
  for (let passed = 0; passed < dead; passed += 50) {
    world.time.pass(50);
    for (const socket of world.sockets.splice(0)) socket.end();
  }
  for (let passed = 0; passed <= LONGEST_PAUSE_MS; passed += 50) {
    world.time.pass(50);
    for (const socket of world.sockets.splice(0)) socket.say(stateMessage({}));
  }
  for (const one of lines) one.close();
  assert.equal(met.size, lines.length);
  const atOnce = [...met.values()].map((at) => [...met.values()].filter((other) => other === at).length);
  assert.ok(Math.max(...atOnce) <= 10, `${Math.max(...atOnce)} of ${lines.length} within 50 ms`);
});

test("after a full state the first pause is short again", () => {
  watch();
  world.chance = 1;
  world.socket.end();
  world.time.pass(FIRST_PAUSE_MS);
  world.socket.say(stateMessage({}));
  world.socket.end();
  world.time.pass(FIRST_PAUSE_MS);
  assert.equal(world.sockets.length, 3);
});

test("a network that is back ends the pause", () => {
  watch();
  world.socket.end();
  world.page.dispatchEvent(new Event("online"));
  assert.equal(world.sockets.length, 2);
});

for (const code of [4401, 4403, 4404]) {
  test(`${code} is final: it is told, and nothing is tried again`, () => {
    watch().end(code);
    world.time.pass(60_000);
    assert.deepEqual(seen.gone, [code]);
    assert.equal(world.sockets.length, 1);
  });
}

test("a server that stops is come back to", () => {
  watch().end(1012);
  world.time.pass(FIRST_PAUSE_MS);
  assert.equal(world.sockets.length, 2);
  assert.deepEqual(seen.gone, []);
});

test("another program on the server is told", () => {
  watch().say(stateMessage({}));
  assert.equal(seen.metas[0].outdated, false);
  world.socket.say(stateMessage({}, { version: "2" }));
  assert.equal(seen.metas[1].outdated, true);
});

test("business time goes on between the server's words, at its speed", () => {
  watch().say(stateMessage({}, { speed: 20 }));
  const start = Date.parse("2026-11-24T08:30:00.000Z");
  assert.equal(line.now(), start);
  world.time.pass(3000);
  assert.equal(line.now(), start + 60_000);
});

test("of several times told the one that came fastest is believed", () => {
  let machine = 0;
  const clock = new BusinessClock(() => machine);
  clock.hear("2026-11-24T08:30:00.000Z", 1, true);
  const start = clock.now();
  machine = 5900;
  clock.hear("2026-11-24T08:30:05.000Z", 1, false);
  assert.equal(clock.now(), start + 5900);
  machine = 10_000;
  clock.hear("2026-11-24T09:00:00.000Z", 1, true);
  assert.equal(clock.now(), Date.parse("2026-11-24T09:00:00.000Z"));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import "./served.js";

const { summary } = await import("../../qms/queue/pages/assets/trouble.js");

const WORDS = { t: (key) => key.replace("supervisor.sum.", ""), tn: (key, n) => `${key.replace("supervisor.sum.", "")} ${n}` };

/** A hall whose lines stand as told. */
function view(states, hall = {}) {
  const lines = Object.fromEntries(states.map((line, n) => [`s${n}`, typeof line === "string" ? { state: line, waiting: 1 } : line]));
  return { hall: { state: "open", forecast: true, ...hall }, lines };
}

const told = (...given) => {
  const { tone, text } = summary(view(...given), WORDS);
  return `${tone}: ${text}`;
};

test("one look tells the worst that there is", () => {
  assert.equal(told(["well", "closed"]), "ok: well");
  assert.equal(told(["near", "well", "near"]), "warn: near 2");
  assert.equal(told(["over", "near"]), "late: over 1");
  assert.equal(told([{ state: "unserved", waiting: 5, unserved: 3 }, "over"]), "late: unserved 3");
});

test("a hall that is suspended, closed or not yet forecast says that first", () => {
  assert.equal(told(["over"], { state: "suspended" }), "warn: suspended");
  assert.equal(told([{ state: "closed", waiting: 0 }], { state: "closed" }), "calm: closed");
  assert.equal(told(["over"], { state: "closed" }), "late: over 1", "somebody still waits");
  assert.equal(told(["unknown"], { forecast: false }), "calm: unknown");
});

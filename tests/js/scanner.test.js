import assert from "node:assert/strict";
import { test } from "node:test";

import { Scanner } from "../../kiosk_ui/scanner.js";

/** What is scanned out of keys that follow each other after so many milliseconds. @param {string[]} keys @param {number} pause */
function scanned(keys, pause) {
  /** @type {string[]} */
  const codes = [];
  const scanner = new Scanner((code) => codes.push(code));
  for (const [n, key] of keys.entries()) scanner.hear(key, 10_000 + n * pause);
  return codes;
}

test("six digits and Enter, as fast as a scanner, are a code", () => {
  assert.deepEqual(scanned([..."042137", "Enter"], 15), ["042137"]);
});

test("the same keys at a person's pace are none", () => {
  assert.deepEqual(scanned([..."042137", "Enter"], 300), []);
});

test("too few digits, too many, or other keys are none", () => {
  assert.deepEqual(scanned([..."04213", "Enter"], 15), []);
  assert.deepEqual(scanned([..."0421377", "Enter"], 15), []);
  assert.deepEqual(scanned([..."042", "a", ..."137", "Enter"], 15), []);
});

test("one code after the other is heard", () => {
  assert.deepEqual(scanned([..."111111", "Enter", ..."222222", "Enter"], 15), ["111111", "222222"]);
});

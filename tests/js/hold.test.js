import assert from "node:assert/strict";
import { test } from "node:test";
import { HELD_MS, Holds } from "../../qms/web/shared/hold.js";

const range = (low, mid, high) => ({ low, mid, high });
const FIRST = range(22, 30, 38);

/** Holds by a clock that a test sets. */
function holding() {
  const clock = { at: 0 };
  return { clock, holds: new Holds(() => clock.at) };
}

test("a range is held while the new middle lies within it as it is said", () => {
  const { holds } = holding();
  assert.equal(holds.of("a", FIRST, 3), FIRST);
  for (const mid of [20, 27, 33, 40]) assert.equal(holds.of("a", range(mid - 9, mid, mid + 9), 3), FIRST, `middle ${mid}`);
});

test("a middle that leaves the range is told at once", () => {
  for (const mid of [19.9, 40.1]) {
    const { holds } = holding();
    holds.of("a", FIRST, 3);
    const next = range(mid - 5, mid, mid + 5);
    assert.equal(holds.of("a", next, 3), next);
    assert.equal(holds.of("a", FIRST, 3), holds.of("a", FIRST, 3), "and is held in its turn");
  }
});

test("after a minute the newest range is told", () => {
  const { clock, holds } = holding();
  const next = range(20, 28, 36);
  holds.of("a", FIRST, 3);
  clock.at = HELD_MS - 1;
  assert.equal(holds.of("a", next, 3), FIRST);
  clock.at = HELD_MS;
  assert.equal(holds.of("a", next, 3), next);
});

test("with nobody ahead, or where nothing is known, nothing is held", () => {
  const { holds } = holding();
  const near = range(21, 25, 30);
  holds.of("a", FIRST, 1);
  assert.equal(holds.of("a", near, 0), near);
  assert.equal(holds.of("a", undefined, 2), undefined);
  assert.equal(holds.of("a", near, 2), near, "what was held before is forgotten");
});

test("each line is held by itself", () => {
  const { holds } = holding();
  const other = range(23, 29, 37);
  holds.of("a", FIRST, 3);
  assert.equal(holds.of("b", other, 3), other);
  assert.equal(holds.of("a", other, 3), FIRST);
});

/** The board says a call in the same words as the server: both are held to the same examples. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { spokenWords } from "../../display_board/where.js";
import { Words } from "../../qms/web/shared/i18n.js";

const { words, calls } = JSON.parse(readFileSync(new URL("../devices/spoken.json", import.meta.url), "utf-8"));

test("what is said of a call is what the server would say", () => {
  for (const { language, number, names, again, said } of calls) {
    const call = { number, counter: "4", counter_names: names, again };
    assert.equal(spokenWords(new Words(language, words[language]), call), said);
  }
});

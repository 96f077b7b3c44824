/** Hall televisions run for ten years: what they load keeps to ES2020 and to the style sheets of Chromium 87. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["kiosk_ui", "display_board", join("qms", "web", "shared")];

/** Style sheet features that came after Chromium 87. */
const TOO_NEW = [
  ["aspect-ratio", /(^|[;{\s])aspect-ratio\s*:/],
  [":is(), :where(), :has()", /:(is|where|has)\(/],
  [":not() with a list", /:not\([^()]*,[^()]*\)/],
  ["small, large and dynamic viewport units", /\d(s|l|d)v(w|h|min|max|i|b)\b/],
  ["container queries", /@container|container-type|\dcq(w|h|i|b|min|max)\b/],
  ["cascade layers, scopes, nesting", /@layer|@scope|(^|\s)&/],
  ["color-mix() and other colour functions", /color-mix\(|oklch\(|oklab\(|\blch\(|light-dark\(/],
  ["accent-color", /accent-color\s*:/],
  ["overflow: clip", /overflow(-x|-y)?\s*:\s*clip/],
  ["inset with safe areas of its own", /inset-area|anchor\(/],
  ["text-wrap", /text-wrap\s*:/],
  ["subgrid", /subgrid/],
  ["scrollbar-gutter", /scrollbar-gutter/],
  ["individual transforms", /(^|[;{\s])(translate|rotate|scale)\s*:/],
  ["media query ranges", /@media[^{]*[<>]/],
  ["contrast queries and user-valid", /:user-(in)?valid/],
];

function files(folder, ending) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path, ending);
    return name.endsWith(ending) ? [path] : [];
  });
}

for (const folder of FOLDERS) {
  for (const path of files(join(ROOT, folder), ".js")) {
    test(`${path.slice(ROOT.length)} is ES2020`, () => {
      parse(readFileSync(path, "utf8"), { ecmaVersion: 2020, sourceType: "module" });
    });
  }
  for (const path of files(join(ROOT, folder), ".css")) {
    test(`${path.slice(ROOT.length)} uses nothing newer than Chromium 87`, () => {
      const text = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
      const found = TOO_NEW.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
      assert.deepEqual(found, []);
    });
  }
}

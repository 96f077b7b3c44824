/** Paper without an agent: the browser prints the picture of a slip. */

import { BASE } from "../shared/base.js";
import { el } from "../shared/dom.js";

const WIDTH_MM = 80;

/** Prints once the picture is there; without it nothing happens. The slip stays hidden on the screen. @param {string} token */
export function printSlip(token) {
  const slip = el("img", { class: "slip", alt: "", "aria-hidden": "true" });
  slip.addEventListener("load", () => window.print());
  slip.src = `${BASE}/t/${encodeURIComponent(token)}/slip.png?width=${WIDTH_MM}`;
  return slip;
}

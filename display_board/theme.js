/** How a screen is dressed: light, dark or full contrast, and the colours of the office. */

import { BASE } from "../shared/base.js";
import { el } from "../shared/dom.js";
import { theme as asked } from "./address.js";

/** @typedef {import("../shared/wire.js").BoardShown} BoardShown */
/** @typedef {import("../shared/wire.js").BoardView} BoardView */

/** Puts on what the set-up says, else what the address does. @param {BoardShown | undefined} board */
export function wear(board) {
  put("theme", board ? (board.theme === "light" ? "light" : "dark") : asked.theme);
  put("contrast", board ? (board.theme === "contrast" ? "more" : "") : asked.contrast);
}

/** @param {string} name @param {string} value */
function put(name, value) {
  if (value) document.documentElement.dataset[name] = value;
  else delete document.documentElement.dataset[name];
}

/** One screen's dress; it changes as the set-up does. */
export class Theme {
  constructor() {
    /** @type {HTMLLinkElement | null} */
    this.sheet = null;
    this.address = "";
  }

  /** @param {BoardView} view @param {string} hall whose office's colours these are */
  wear(view, hall) {
    wear(view.board);
    const accent = view.halls[hall]?.accent;
    const address = accent ? `${BASE}/theme/${hall}.css?${new URLSearchParams({ accent })}` : "";
    if (address === this.address) return;
    this.address = address;
    this.sheet?.remove();
    this.sheet = address ? el("link", { rel: "stylesheet", href: address }) : null;
    if (this.sheet) document.head.append(this.sheet);
  }
}

/** The keyboard: the space bar for the primary act, one letter for each other one (WCAG 2.1.4: off, or changed). */

import { LETTERED } from "./model.js";
import { keep, kept } from "./store.js";

/** @typedef {import("./model.js").Act} Act */

const STORE = "desk.keys";

/** Which letters act, kept in this browser. */
export class Keys {
  /** @param {Record<Act, string>} defaults */
  constructor(defaults) {
    this.defaults = defaults;
    this.on = true;
    this.letters = { ...defaults };
    const chosen = kept(STORE);
    this.on = chosen?.on !== false;
    for (const act of LETTERED) {
      const letter = chosen?.letters?.[act] ?? "";
      if (/^\p{L}$/u.test(letter)) this.letters[act] = letter;
    }
  }

  /** @param {boolean} on @param {Record<string, string>} letters one for each act, no two alike */
  replace(on, letters) {
    this.on = on;
    Object.assign(this.letters, letters);
    this.keep();
  }

  keep() {
    keep(STORE, { on: this.on, letters: this.letters });
  }

  /**
   * What a key press asks for.
   *
   * @param {KeyboardEvent} event
   * @returns {Act | "primary" | null}
   */
  read(event) {
    if (!this.on || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
    if (takesText(event.target) || document.querySelector("dialog[open]")) return null;
    if (event.key === " ") return takesSpace(event.target) ? null : "primary";
    return this.actOf(event.key.toLowerCase()) ?? (isAscii(event.key) ? null : this.actOf(latin(event.code)));
  }

  /** @param {string} letter @returns {Act | null} */
  actOf(letter) {
    return LETTERED.find((act) => this.letters[act] === letter) ?? null;
  }
}

/** @param {string} key */
function isAscii(key) {
  return key.charCodeAt(0) < 128;
}

/** The Latin letter printed on a key, for those who type in Cyrillic. @param {string} code */
function latin(code) {
  return code.startsWith("Key") ? code.slice(3).toLowerCase() : "";
}

/** @param {EventTarget | null} target */
function takesText(target) {
  return target instanceof Element && Boolean(target.closest("input:not([type=checkbox], [type=radio]), select, textarea"));
}

/** Whether the space bar already means something where the focus is. @param {EventTarget | null} target */
function takesSpace(target) {
  return target instanceof Element && Boolean(target.closest("button, a, summary, input, [role=button]"));
}

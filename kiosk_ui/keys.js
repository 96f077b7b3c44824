/** The kiosk without a touch: arrows lead from control to control, and an assistive keypad has keys of its own. */

import { controlsIn } from "./speech/describe.js";

/** What a key does. @typedef {"speak" | "unplugged" | "repeat" | "volume" | "back"} Act */

/** By the name that the browser gives a key; an office's keypad may send others. @type {Record<Act, string>} */
const USUAL = { speak: "F8", unplugged: "", repeat: "F7", volume: "F9", back: "Escape" };
const STEPS = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 });

/**
 * The keys of this kiosk's keypad, from its address: `?keys=speak:F15,unplugged:F16`.
 *
 * @param {string} search
 * @returns {Map<string, Act>}
 */
export function keysOf(search) {
  const given = (new URLSearchParams(search).get("keys") || "").split(",").map((pair) => pair.split(":"));
  const keys = Object.assign({}, USUAL, Object.fromEntries(given.filter(([act = ""]) => Object.keys(USUAL).includes(act))));
  return new Map(Object.entries(keys).filter(([, key]) => key).map(([act, key]) => [key, /** @type {Act} */ (act)]));
}

/** Leads the focus on by an arrow key; says whether it was one. @param {KeyboardEvent} event @param {Element} part */
export function moved(event, part) {
  const step = STEPS[event.key];
  if (!step || event.target instanceof HTMLInputElement || event.ctrlKey || event.altKey || event.metaKey) return false;
  const controls = controlsIn(part);
  const at = controls.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : controls.length - 1) : (at + step + controls.length) % controls.length;
  controls[next]?.focus();
  return true;
}

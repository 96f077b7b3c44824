/** What the board's set-up asks of a screen; a screen without one takes what its address says. */

import { sound as asked } from "./address.js";

/** @typedef {import("../shared/wire.js").BoardView} BoardView */

/**
 * How a screen is to be heard. `languages`: in which a call is spoken, in this order; `volume` 0 to 1; `heard`:
 * local times at which anything may sound, none: always.
 *
 * @typedef {object} Sound
 * @property {"voice" | "chime" | "off"} mode
 * @property {string[]} languages
 * @property {number} repeat
 * @property {number} volume
 * @property {{opens: string, closes: string}[]} heard
 */

/** How many calls are listed, and whether the lines are, where no set-up says it. */
const RECENT = 8;

/**
 * @param {BoardView} view
 * @param {string[]} shown the languages of the screen
 * @returns {Sound}
 */
export function soundOf({ board }, shown) {
  if (!board) return { mode: asked, languages: shown, repeat: 1, volume: 1, heard: [] };
  const { mode, languages, repeat, volume, heard = [] } = board.sound;
  return { mode, languages: languages.length ? languages : shown, repeat, volume: volume / 100, heard };
}

/**
 * Whether anything may sound at a local time.
 *
 * @param {Sound} sound
 * @param {string} time as 09:05
 */
export function audible({ mode, volume, heard }, time) {
  if (mode === "off" || !volume) return false;
  return !heard.length || heard.some(({ opens, closes }) => opens.slice(0, 5) <= time && time < closes.slice(0, 5));
}

/** What stands on the screen. @param {BoardView} view */
export function layoutOf({ board }) {
  return { kind: board?.kind || "calls", recent: board?.recent || RECENT, queues: board?.queues ?? true };
}

/** Whose files and colours these are: the hall that set the board up, else the first one. @param {BoardView} view */
export function homeOf({ board, halls }) {
  return board?.hall || Object.keys(halls)[0] || "";
}

/** The information beside the calls, in order. @param {BoardView} view */
export function panelsOf({ board }) {
  return Object.values(board?.panels || {}).sort((a, b) => a.order - b.order);
}

/** The local time of a moment, as 09:05, whatever the screen's language. @param {number} moment @param {string} zone */
export function localTime(moment, zone) {
  return formatOf(zone).format(moment);
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} zone */
function formatOf(zone) {
  const found = formats.get(zone);
  if (found) return found;
  const made = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
  formats.set(zone, made);
  return made;
}

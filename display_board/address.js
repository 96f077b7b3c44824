/**
 * What the page's address asks for: `hall` (may repeat), `board` (one of the hall's set-up), `counter`, `lang`
 * (shown first); and where no board is named `sound` (`voice`, `chime` or `off`), and `theme` (`light` or `dark`)
 * and `contrast` (`more`) where the system does not say.
 */

const query = new URLSearchParams(globalThis.location ? location.search : "");

/** @type {string[]} */
export const halls = query.getAll("hall").filter(Boolean);

export const board = query.get("board") || "";

export const counter = query.get("counter") || "";

export const language = query.get("lang") || "";

/** @type {"voice" | "chime" | "off"} */
export const sound = oneOf(query.get("sound"), ["voice", "chime", "off"]);

/** What the style sheets turn on. */
export const theme = { theme: query.get("theme") || "", contrast: query.get("contrast") || "" };

/**
 * @template {string} T
 * @param {string | null} given
 * @param {[T, ...T[]]} allowed the first one counts where nothing fitting is given
 * @returns {T}
 */
function oneOf(given, allowed) {
  return allowed.find((value) => value === given) || allowed[0];
}

/**
 * What the page's address asks for: `hall` (may repeat), `counter`, `lang` (shown first), `sound` (`voice`,
 * `chime` or `off`), and `theme` (`light` or `dark`) and `contrast` (`more`) where the system does not say.
 */

/** @typedef {"voice" | "chime" | "off"} Sound */

const query = new URLSearchParams(location.search);

/** @type {string[]} */
export const halls = query.getAll("hall").filter(Boolean);

export const counter = query.get("counter") || "";

export const language = query.get("lang") || "";

/** @type {Sound} */
export const sound = oneOf(query.get("sound"), ["voice", "chime", "off"]);

/** Sets what the style sheets turn on. */
export function dress() {
  for (const name of ["theme", "contrast"]) {
    const value = query.get(name);
    if (value) document.documentElement.setAttribute(`data-${name}`, value);
  }
}

/**
 * @template {string} T
 * @param {string | null} given
 * @param {[T, ...T[]]} allowed the first one counts where nothing fitting is given
 * @returns {T}
 */
function oneOf(given, allowed) {
  return allowed.find((value) => value === given) || allowed[0];
}

/** Colours that an office chose for its buttons, and ink that can be read on them. */

const INKS = ["#ffffff", "#14202e"];
const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** Relative luminance by WCAG 2.2. @param {string} colour "#rrggbb" */
export function luminance(colour) {
  const parts = (HEX.exec(colour) || []).slice(1).map((part) => {
    const value = parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = parts;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast by WCAG 2.2, from 1 to 21. @param {string} one @param {string} other */
export function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((high || 0) + 0.05) / ((low || 0) + 0.05);
}

/** White or dark, whichever stands out more: 4:1 at the least, where 3:1 is asked of a picture. @param {string} colour */
export function inkOn(colour) {
  const [white = "", dark = ""] = INKS;
  return contrast(white, colour) >= contrast(dark, colour) ? white : dark;
}

/** Gives an element the office's colour for its picture; one that is no colour leaves it as it is. @param {HTMLElement} tile @param {string | undefined} colour */
export function paint(tile, colour) {
  if (!colour || !HEX.test(colour)) return;
  tile.style.setProperty("--group", colour);
  tile.style.setProperty("--group-ink", inkOn(colour));
}

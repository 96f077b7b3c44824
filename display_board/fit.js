/** Makes a text as large as its box allows. */

const STEP = 0.94;
const SMALLEST = 0.12;

/**
 * Sets `--fit`, a factor from 1 downwards by which the style sheet multiplies the font size. The box must have
 * a width of its own; where its text may wrap, a height too.
 *
 * @param {HTMLElement} box
 */
export function fit(box) {
  const wraps = getComputedStyle(box).whiteSpace !== "nowrap";
  for (let factor = 1; factor > SMALLEST; factor *= STEP) {
    box.style.setProperty("--fit", String(factor));
    if (box.scrollWidth <= box.clientWidth && !(wraps && box.scrollHeight > box.clientHeight)) return;
  }
}

/** Makes a text as large as its box allows. */

const STEP = 0.94;
const SMALLEST = 0.12;
const STEPS = Math.floor(Math.log(SMALLEST) / Math.log(STEP));

/**
 * Sets `--fit`, a factor from 1 downwards by which the style sheet multiplies the font size. The box must have
 * a width of its own; where its text may wrap, a height too.
 *
 * @param {HTMLElement} box
 */
export function fit(box) {
  const wraps = getComputedStyle(box).whiteSpace !== "nowrap";
  const fits = (/** @type {number} */ steps) => {
    box.style.setProperty("--fit", String(STEP ** steps));
    return box.scrollWidth <= box.clientWidth && !(wraps && box.scrollHeight > box.clientHeight);
  };
  if (fits(0)) return;
  // The fewest steps that fit lie above `little` and are at most `enough`.
  let [little, enough] = [0, STEPS];
  while (enough - little > 1) {
    const middle = (little + enough) >> 1;
    if (fits(middle)) enough = middle;
    else little = middle;
  }
  fits(enough);
}

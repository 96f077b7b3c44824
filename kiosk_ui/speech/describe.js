/** What is seen, as it is said: texts of a screen, and one control with its state and place. */

/** @typedef {import("../../shared/i18n.js").Words} Words */

const CONTROLS = "button, a[href], input, select, summary";
/** What is not said with a screen: controls, which are said one by one, and what a person types. */
const APART = `${CONTROLS}, [data-private]`;

/** What can be reached in a part of the page, in the order in which it is reached. @param {Element} part @returns {HTMLElement[]} */
export function controlsIn(part) {
  return /** @type {HTMLElement[]} */ ([...part.querySelectorAll(CONTROLS)]).filter((one) => shown(one) && !one.matches(":disabled"));
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
export function controlOf(target) {
  return target instanceof Element ? target.closest(CONTROLS) : null;
}

/** All that a screen tells, but for its controls. @param {Element} part */
export function textOf(part) {
  return sentences(part, APART);
}

/**
 * A control: its name, its state, and which of how many it is.
 *
 * @param {HTMLElement} control
 * @param {Words} words
 * @param {HTMLElement[]} among
 */
export function describe(control, words, among) {
  const name = control.getAttribute("aria-label") || labelOf(control) || sentences(control, "[data-silent]");
  return [name, stateOf(control, words), words.t("kiosk.speech_position", { n: among.indexOf(control) + 1, m: among.length })]
    .filter(Boolean).map(ended).join(" ");
}

/** @param {HTMLElement} control */
function labelOf(control) {
  return control instanceof HTMLInputElement ? control.labels?.[0]?.textContent || "" : "";
}

/** @param {HTMLElement} control @param {Words} words */
function stateOf(control, words) {
  const pressed = control.getAttribute("aria-pressed");
  if (pressed) return words.t(pressed === "true" ? "kiosk.speech_on" : "kiosk.speech_off");
  return control.matches("[aria-disabled=true]:not(.tile)") ? words.t("kiosk.closed_badge") : "";
}

/** @param {Element} part @param {string} without */
function sentences(part, without) {
  /** @type {string[]} */
  const lines = [""];
  gather(part, without, lines);
  return lines.map((line) => line.replace(/\s+/g, " ").trim()).filter(Boolean).map(ended).join(" ");
}

/** Each block is a line of its own. @param {Element} part @param {string} without @param {string[]} lines */
function gather(part, without, lines) {
  for (const child of part.childNodes) {
    if (child instanceof Text) lines[lines.length - 1] += child.data;
    else if (child instanceof HTMLImageElement) lines.push(child.hidden ? "" : child.alt, "");
    else if (child instanceof HTMLElement && shown(child) && !child.matches(without)) {
      const block = getComputedStyle(child).display !== "inline";
      if (block) lines.push("");
      const said = child.dataset.spoken;
      if (said === undefined) gather(child, without, lines);
      else lines[lines.length - 1] += said;
      if (block) lines.push("");
    }
  }
}

/** @param {Element} element */
function shown(element) {
  return element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
}

/** @param {string} line */
function ended(line) {
  return /[.?:;…]$/.test(line) ? line : `${line}.`;
}

/** How this person wants the screen: larger, in more contrast, dark, or within reach from a wheelchair. */

/** @typedef {"text" | "contrast" | "dark" | "low"} Wish */

/** Each wish is one attribute of <html>, on which the style sheets turn. @type {Record<Wish, [name: string, value: string]>} */
const ATTRIBUTES = {
  text: ["data-text", "large"],
  contrast: ["data-contrast", "more"],
  dark: ["data-theme", "dark"],
  low: ["data-reach", "low"],
};

/** @type {Wish[]} */
export const WISHES = ["text", "contrast", "dark", "low"];

/** @param {Wish} wish */
export function wished(wish) {
  const [name, value] = ATTRIBUTES[wish];
  return document.documentElement.getAttribute(name) === value;
}

/** Turns a wish on or off. @param {Wish} wish */
export function toggle(wish) {
  const [name, value] = ATTRIBUTES[wish];
  if (wished(wish)) document.documentElement.removeAttribute(name);
  else document.documentElement.setAttribute(name, value);
}

/** The next person finds the screen as the office set it. */
export function forget() {
  for (const wish of WISHES) if (wished(wish)) toggle(wish);
}

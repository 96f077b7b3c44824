/** Small tools to build elements; a screen is plain elements, never markup from strings. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Makes an element: `el("p", { class: "soft", onclick: press }, "text")`.
 * Handlers are `on…` functions; true sets a bare attribute; false, null and undefined set nothing.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...nodes(children));
  return element;
}

/**
 * Puts children in place of what an element holds.
 *
 * @template {Element} E
 * @param {E} element
 * @param {...(Child | Child[])} children
 * @returns {E}
 */
export function fillWith(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/**
 * Sets an element's text, leaving it alone when it says so already (so that nothing is announced twice).
 *
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {(Child | Child[])[]} children @returns {(Node | string)[]} */
function nodes(children) {
  const all = /** @type {Child[]} */ (children.flat());
  return all
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (child instanceof Node ? child : String(child)));
}

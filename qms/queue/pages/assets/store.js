/** What this browser remembers; where storage is shut off, nothing, and no harm. */

/** @param {string} name @param {unknown} value */
export function keep(name, value) {
  try {
    localStorage.setItem(`qms.${name}`, JSON.stringify(value));
  } catch {
    // Shut off or full: the choice then lasts until the page is left.
  }
}

/** @param {string} name @returns {any} what was kept, else null */
export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(`qms.${name}`) ?? "null");
  } catch {
    return null;
  }
}

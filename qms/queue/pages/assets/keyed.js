/** Lists that change under a person's hands: rows are kept by key, and the focused one is never moved. */

/**
 * Makes a parent hold exactly one row for each item, in order.
 *
 * @template T
 * @template {HTMLElement} R
 * @param {HTMLElement} parent
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => R} make
 * @param {(row: R, item: T, index: number) => void} update
 * @returns {boolean} whether focus was in a row that is gone, and no other row could take it
 */
export function keyed(parent, items, keyOf, make, update) {
  const rows = new Map([...parent.children].map((row) => [/** @type {R} */ (row).dataset.key, /** @type {R} */ (row)]));
  const wanted = new Set(items.map(keyOf));
  const lost = dropGone(parent, wanted);
  const focused = document.activeElement;
  let cursor = parent.firstElementChild;
  items.forEach((item, index) => {
    const key = keyOf(item);
    let row = rows.get(key);
    if (!row) {
      row = make(item);
      row.dataset.key = key;
    }
    if (row !== cursor && row.contains(focused)) {
      while (cursor && cursor !== row) {
        const after = cursor.nextElementSibling;
        parent.append(cursor);
        cursor = after;
      }
    }
    if (row === cursor) cursor = row.nextElementSibling;
    else parent.insertBefore(row, cursor);
    update(row, item, index);
  });
  return lost !== null && !refocus(parent, lost);
}

/**
 * Removes rows whose items are gone.
 *
 * @param {HTMLElement} parent
 * @param {Set<string>} wanted
 * @returns {{index: number, part: string} | null} where focus was, if it was in one of them
 */
function dropGone(parent, wanted) {
  let lost = null;
  [...parent.children].forEach((child, index) => {
    const row = /** @type {HTMLElement} */ (child);
    if (wanted.has(row.dataset.key ?? "")) return;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    if (focused && row.contains(focused)) lost = { index, part: focused.dataset.part ?? "" };
    row.remove();
  });
  return lost;
}

/** Gives focus to the same control of the row that took the place. @param {HTMLElement} parent @param {{index: number, part: string}} lost */
function refocus(parent, lost) {
  const row = parent.children[Math.min(lost.index, parent.children.length - 1)];
  const target = /** @type {HTMLElement | null | undefined} */ (row?.querySelector(`[data-part="${lost.part}"]`));
  target?.focus();
  return Boolean(target) && document.activeElement === target;
}

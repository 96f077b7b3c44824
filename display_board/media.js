/** Where an uploaded file of the office is, as it is now. */

import { BASE } from "../shared/base.js";

const PATIENCE_MS = 5000;

/**
 * A browser takes a picture that it has shown before for the same one for as long as the page lives; so its
 * address bears the file's mark, which is another one as soon as the office puts another file in its place.
 * Refuses where there is no such file, or no answer.
 *
 * @param {string} hall
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function addressOf(hall, name) {
  const address = `${BASE}/media/${hall}/${name}`;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const { ok, headers } = await fetch(address, { method: "HEAD", cache: "no-cache", signal: abort.signal });
    if (!ok) throw new Error(`no ${address}`);
    return `${address}?${new URLSearchParams({ is: headers.get("ETag") || "" })}`;
  } finally {
    clearTimeout(timer);
  }
}

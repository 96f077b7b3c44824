/** Starts a page that shows something live; when that fails, the page says so and offers another try. */

/**
 * @param {HTMLElement} root  holds what is shown until the page lives, and what is shown in its place
 * @param {() => Promise<void>} begin
 */
export async function start(root, begin) {
  try {
    await begin();
  } catch (error) {
    console.warn(error);
    for (const part of root.querySelectorAll("[data-failed]")) part.toggleAttribute("hidden");
    root.querySelector("button")?.addEventListener("click", () => location.reload());
    root.querySelector("button")?.focus();
  }
}

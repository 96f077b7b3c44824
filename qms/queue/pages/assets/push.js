/** The service worker of the citizens' pages: shows what the server says of a turn, and leads to the ticket. */

/** @typedef {{title: string, body: string, lang: string, path: string}} Said */

const worker = /** @type {any} */ (globalThis);

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("push", (/** @type {any} */ event) => {
  /** @type {Said} */
  const said = event.data.json();
  const more = { body: said.body, lang: said.lang, tag: said.path, requireInteraction: true, vibrate: [300, 150, 300], data: said.path };
  event.waitUntil(worker.registration.showNotification(said.title, more));
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(lead(new URL(event.notification.data, worker.registration.scope).href));
});

/** To the page that is open already, or to a fresh one. @param {string} address */
async function lead(address) {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((/** @type {any} */ one) => one.url.split("?")[0] === address);
  return page ? page.focus() : worker.clients.openWindow(address);
}

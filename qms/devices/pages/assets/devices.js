/** Brings the devices' states up to date while somebody looks; forms, and what is typed, stay as they are. */

const EVERY_MS = 15_000;

async function renew() {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" }, cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const cell of document.querySelectorAll("[data-renew]")) {
    const now = fresh.querySelector(`[data-renew="${cell.getAttribute("data-renew")}"]`);
    if (now && now.innerHTML !== cell.innerHTML) cell.replaceChildren(...now.childNodes);
  }
}

// A server that is away is asked again; the time that the page shows says how old it is.
setInterval(() => renew().catch(() => undefined), EVERY_MS);

/** How a number comes on paper: by the kiosk's own printer, by the browser's printing, or not at all. */

/** @typedef {import("./screen.js").Kiosk} Kiosk */

/** What a person may choose before taking. @typedef {"ask" | "always" | "never"} Choice */

const BY_BROWSER = "browser";

/** @param {Kiosk} kiosk @returns {"agent" | "browser" | null} */
export function printsBy({ agent, feed }) {
  if (feed.hall.kiosk.paper === "never") return null;
  if (agent.present) return agent.hasPrinter ? "agent" : null;
  return new URLSearchParams(location.search).get("print") === BY_BROWSER ? BY_BROWSER : null;
}

/** With a printer that cannot print there is nothing to choose. @param {Kiosk} kiosk @returns {Choice} */
export function choiceOf(kiosk) {
  return printsBy(kiosk) && !kiosk.agent.trouble ? kiosk.feed.hall.kiosk.paper : "never";
}

/**
 * What the agent is told beside an order; the server knows nothing of paper.
 *
 * @param {Kiosk} kiosk
 * @param {boolean} wanted
 * @returns {Record<string, boolean | number>}
 */
export function paperOrder(kiosk, wanted) {
  return kiosk.agent.present ? { paper: wanted, copies: kiosk.feed.hall.kiosk.copies } : {};
}

/** Why there is no paper now, in plain words; empty where there is, or never was. @param {Kiosk} kiosk */
export function troubleWords(kiosk) {
  const { trouble } = kiosk.agent;
  return trouble && printsBy(kiosk) ? kiosk.words.t(`kiosk.printer_${trouble}`) : "";
}

/** What everybody at the kiosk should know now: that the line is cut, or that there is no paper. */

import { troubleWords } from "./paper.js";

/** A sentence each. @param {import("./screen.js").Kiosk} kiosk @returns {string[]} */
export function warnings(kiosk) {
  return [lineWords(kiosk), troubleWords(kiosk)].filter(Boolean);
}

/** @param {import("./screen.js").Kiosk} kiosk */
function lineWords({ agent, feed, words }) {
  if (agent.away) return words.t(agent.provided ? "kiosk.alone_band" : "kiosk.spent_band");
  return feed.meta && !feed.current ? words.t("kiosk.stale_band") : "";
}

/** The public status of a hall's queues, kept current. */

import { live } from "../shared/live.js";
import { pageWords, part, put } from "./citizen.js";
import { offered, showLines } from "./lines.js";

/** @typedef {import("../shared/wire.js").QueueView} QueueView */

const STAMP_MS = 10_000;

async function start() {
  const words = await pageWords();
  const { hall = "", offerWhen = "{}" } = document.body.dataset;
  part("refresh").hidden = true;
  /** @type {() => number} */
  let now = Date.now;
  let seen = 0;
  /** @type {QueueView | null} */
  let view = null;
  const show = () => {
    if (!view) return;
    const { state, notice } = view.hall;
    put("hall-state", state === "open" ? "" : words.t(`citizen.queues.hall_${state}`));
    put("notice", words.names(notice));
    showLines(part("groups"), view, words, offering);
  };
  const offering = offered(words, hall, offerWhen, show);
  const stamp = () => put("as-of", seen ? words.t("citizen.as_of", { time: words.time(now()) }) : "");
  const notCurrent = () => words.t("citizen.stale", { time: words.time(seen || now()) });
  live({ view: "queue", hall }, {
    onState(state, meta) {
      now = meta.now;
      seen = now();
      view = /** @type {QueueView} */ (state);
      words.zone = view.hall.zone;
      put("stale", "");
      show();
      stamp();
    },
    onStale: (stale) => put("stale", stale ? notCurrent() : ""),
    onGone: () => put("stale", notCurrent()),
  });
  setInterval(stamp, STAMP_MS);
}

await start();

/** The services of one group. */

import { el, fillWith, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";
import { ConfirmScreen } from "./confirm.js";
import { closedNote, reasonOf, setClosed, waitingWords } from "./lines.js";

/** @typedef {import("../feed.js").Group} Group */

/** One tile a service, with who waits and how long it may take. */
export class ServicesScreen extends Screen {
  /** @param {import("../screen.js").Kiosk} kiosk @param {Group} group */
  constructor(kiosk, group) {
    super(kiosk);
    this.group = group;
  }

  draw() {
    const { words } = this.kiosk;
    /** @type {{id: string, tile: HTMLElement, note: HTMLElement, wait: HTMLElement, closed: HTMLElement}[]} */
    this.tiles = this.group.services.map((id) => this.tile(id));
    return [
      headline(words.t("kiosk.choose_service"), undefined, words.names(this.group.names)),
      new Content(words,
        el("ul", { class: "choices choices-services", role: "list" }, this.tiles.map(({ tile }) => el("li", {}, tile)))),
    ];
  }

  /** @param {string} id */
  tile(id) {
    const { words, feed } = this.kiosk;
    const note = el("span", { class: "tile-note" });
    const wait = el("span", { class: "tile-wait" });
    const closed = el("span", { class: "tile-closed", hidden: true });
    const tile = el("button", { class: "tile", type: "button", onclick: () => this.choose(id) },
      el("span", { class: "tile-name" }, words.names(feed.service(id).names)),
      el("span", { class: "tile-facts" }, note, wait),
      closed,
    );
    tile.append(icon("right"));
    return { id, tile, note, wait, closed };
  }

  refresh() {
    const { words, feed } = this.kiosk;
    for (const { id, tile, note, wait, closed } of this.tiles || []) {
      const shut = !feed.accepting(id);
      const line = shut ? null : feed.line(id);
      setClosed(tile, shut);
      closed.hidden = !shut;
      if (shut) fillWith(closed, closedNote(this.kiosk, id));
      say(note, waitingWords(words, line ? line.waiting : null));
      say(wait, line?.open ? words.wait(line.estimate, line.waiting) : "");
    }
  }

  /** @param {string} id */
  choose(id) {
    if (this.kiosk.feed.accepting(id)) this.kiosk.show(new ConfirmScreen(this.kiosk, id));
    else this.kiosk.announce(reasonOf(this.kiosk, id));
  }
}

customElements.define("kiosk-services", ServicesScreen);

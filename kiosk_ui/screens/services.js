/** The services of one button. */

import { el, fillWith, say } from "../../shared/dom.js";
import { hasIcon, icon } from "../../shared/icons.js";
import { paint } from "../colour.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";
import { ConfirmScreen } from "./confirm.js";
import { closedNote, reasonOf, setClosed, waitingWords } from "./lines.js";

/** @typedef {import("../feed.js").Button} Button */

/** One tile a service, with who waits and how long it may take. */
export class ServicesScreen extends Screen {
  /** @param {import("../screen.js").Kiosk} kiosk @param {Button} button */
  constructor(kiosk, button) {
    super(kiosk);
    this.button = button;
  }

  draw() {
    const { words } = this.kiosk;
    /** @type {{id: string, tile: HTMLElement, note: HTMLElement, wait: HTMLElement, closed: HTMLElement}[]} */
    this.tiles = this.button.services.map((id) => this.tile(id));
    return [
      headline(words.t("kiosk.choose_service"), undefined, words.names(this.button.names)),
      new Content(words,
        el("ul", { class: "choices choices-services", role: "list" }, this.tiles.map(({ tile }) => el("li", {}, tile)))),
    ];
  }

  /** @param {string} id */
  tile(id) {
    const { words, feed } = this.kiosk;
    const service = feed.service(id);
    const note = el("span", { class: "tile-note" });
    const wait = el("span", { class: "tile-wait" });
    const closed = el("span", { class: "tile-closed", hidden: true });
    const picture = service.icon && hasIcon(service.icon) ? el("span", { class: "tile-picture" }, icon(service.icon)) : null;
    const tile = el("button", { class: picture ? "tile tile-pictured" : "tile", type: "button", onclick: () => this.choose(id) },
      picture,
      el("span", { class: "tile-name" }, words.names(service.names)),
      el("span", { class: "tile-facts" }, note, wait),
      closed,
    );
    paint(tile, service.colour || this.button.colour);
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
    if (this.kiosk.feed.accepting(id)) this.kiosk.show(new ConfirmScreen(this.kiosk, id, this.button));
    else this.kiosk.announce(reasonOf(this.kiosk, id));
  }
}

customElements.define("kiosk-services", ServicesScreen);

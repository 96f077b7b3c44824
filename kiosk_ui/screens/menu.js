/** The start: what do you need? */

import { el, fillWith, say } from "../../shared/dom.js";
import { hasIcon, icon } from "../../shared/icons.js";
import { paint } from "../colour.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";
import { BookedScreen, waysOf } from "./booked.js";
import { ConfirmScreen } from "./confirm.js";
import { ServicesScreen } from "./services.js";
import { closedNote, reasonOf, setClosed, waitingWords } from "./lines.js";

/** @typedef {import("../feed.js").Button} Button */
/** @typedef {{button: Button, tile: HTMLElement, note: HTMLElement, closed: HTMLElement}} Tile */

/** The office's buttons as large tiles; one with a single service leads straight to it. */
export class MenuScreen extends Screen {
  draw() {
    const { words, feed } = this.kiosk;
    /** @type {Tile[]} */
    this.tiles = feed.hall.kiosk.buttons.filter((button) => button.services.length).map((button) => this.tile(button));
    this.notice = el("p", { class: "notice", hidden: true });
    const client = this.kiosk.client ? el("p", { class: "notice notice-ok", role: "status" }, words.t("kiosk.client_recognised")) : null;
    return [
      headline(words.t("kiosk.choose_matter"), words.t("kiosk.choose_hint"), words.t("kiosk.take_number"), client, this.notice),
      new Content(words,
        el("ul", { class: "choices choices-menu", role: "list" }, this.booked(), this.tiles.map(({ tile }) => el("li", {}, tile)))),
    ];
  }

  /** The way of those who have booked; where nobody books, that of key clients. */
  booked() {
    const { words, feed, client } = this.kiosk;
    const first = waysOf(feed.hall)[0];
    if (!first || (first === "client" && client)) return null;
    const [title, note] = first === "client" ? ["kiosk.booked_client", "kiosk.client_confirm"] : ["kiosk.have_booking", "kiosk.booked_confirm"];
    this.bookedNote = el("span", { class: "tile-note", "data-usual": note });
    this.bookedTile = el("button", { class: "tile booked-way", type: "button", onclick: () => this.goBooked(first) },
      el("span", { class: "tile-head" }, el("span", { class: "tile-picture" }, icon(first === "client" ? "star" : "calendar"))),
      el("span", { class: "tile-name" }, words.t(title)),
      this.bookedNote);
    return el("li", {}, this.bookedTile);
  }

  /** Who is expected and whom the office knows, only its server can say. @param {import("./booked.js").By} way */
  goBooked(way) {
    if (this.kiosk.agent.away) this.kiosk.announce(this.kiosk.words.t("kiosk.booked_away"));
    else this.kiosk.show(new BookedScreen(this.kiosk, way));
  }

  refreshBooked() {
    if (!this.bookedTile || !this.bookedNote) return;
    const { agent, words } = this.kiosk;
    setClosed(this.bookedTile, agent.away);
    say(this.bookedNote, words.t(agent.away ? "kiosk.booked_away" : this.bookedNote.dataset.usual || ""));
  }

  /** @param {Button} button @returns {Tile} */
  tile(button) {
    const { words, feed } = this.kiosk;
    const note = el("span", { class: "tile-note" });
    const closed = el("span", { class: "tile-closed", hidden: true });
    const picture = button.icon && hasIcon(button.icon) ? icon(button.icon) : null;
    const letter = feed.letterOf(button.services);
    const hint = words.names(button.hint);
    const tile = el("button", { class: "tile", type: "button", onclick: () => this.choose(button) },
      picture || letter ? el("span", { class: "tile-head", "data-silent": true },
        picture ? el("span", { class: "tile-picture" }, picture) : null,
        letter ? el("span", { class: "tile-letter" }, letter) : null,
      ) : null,
      el("span", { class: "tile-name" }, words.names(button.names)),
      hint ? el("span", { class: "tile-hint" }, hint) : null,
      note,
      closed,
    );
    paint(tile, button.colour);
    return { button, tile, note, closed };
  }

  refresh() {
    const { words, feed } = this.kiosk;
    const notice = words.names(feed.notice);
    if (this.notice) {
      this.notice.hidden = !notice;
      say(this.notice, notice);
    }
    this.refreshBooked();
    for (const { button, tile, note, closed } of this.tiles || []) {
      const shut = this.isShut(button);
      setClosed(tile, shut);
      closed.hidden = !shut;
      if (shut) fillWith(closed, closedNote(this.kiosk, firstOf(button)));
      say(note, shut ? "" : waitingWords(words, feed.waitingFor(button.services)));
    }
  }

  /** @param {Button} button */
  isShut(button) {
    return button.services.every((id) => !this.kiosk.feed.accepting(id));
  }

  /** @param {Button} button */
  choose(button) {
    if (this.isShut(button)) this.kiosk.announce(reasonOf(this.kiosk, firstOf(button)));
    else if (button.services.length === 1) this.kiosk.show(new ConfirmScreen(this.kiosk, firstOf(button), button));
    else this.kiosk.show(new ServicesScreen(this.kiosk, button));
  }

  get start() {
    return true;
  }

  get restful() {
    return true;
  }

  get backward() {
    return false;
  }
}

/** The service that speaks for a button; only buttons with services are shown. @param {Button} button */
function firstOf(button) {
  return button.services[0] || "";
}

customElements.define("kiosk-menu", MenuScreen);

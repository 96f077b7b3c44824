/** The start: what do you need? */

import { el, fillWith, say } from "../../shared/dom.js";
import { hasIcon, icon } from "../../shared/icons.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";
import { BookedScreen, waysOf } from "./booked.js";
import { ConfirmScreen } from "./confirm.js";
import { ServicesScreen } from "./services.js";
import { closedNote, reasonOf, setClosed, waitingWords } from "./lines.js";

/** @typedef {import("../feed.js").Group} Group */

/** Groups of services as large tiles; a group of one service leads straight to it. */
export class GroupsScreen extends Screen {
  draw() {
    const { words, feed } = this.kiosk;
    /** @type {{group: Group, tile: HTMLElement, note: HTMLElement, closed: HTMLElement}[]} */
    this.tiles = feed.hall.groups.filter((group) => group.services.length).map((group) => this.tile(group));
    this.notice = el("p", { class: "notice", hidden: true });
    const client = this.kiosk.client ? el("p", { class: "notice notice-ok", role: "status" }, words.t("kiosk.client_recognised")) : null;
    return [
      headline(words.t("kiosk.choose_matter"), words.t("kiosk.choose_hint"), words.t("kiosk.take_number"), client, this.notice),
      new Content(words,
        el("ul", { class: "choices choices-groups", role: "list" }, this.booked(), this.tiles.map(({ tile }) => el("li", {}, tile)))),
    ];
  }

  /** The way of those who have booked; where nobody books, that of key clients. */
  booked() {
    const { words, feed, client } = this.kiosk;
    const first = waysOf(feed.hall)[0];
    if (!first || (first === "client" && client)) return null;
    const [title, note] = first === "client" ? ["kiosk.booked_client", "kiosk.client_confirm"] : ["kiosk.have_booking", "kiosk.booked_confirm"];
    return el("li", {}, el("button", { class: "tile booked-way", type: "button", onclick: () => this.kiosk.show(new BookedScreen(this.kiosk, first)) },
      el("span", { class: "tile-head" }, el("span", { class: "tile-picture" }, icon(first === "client" ? "star" : "calendar"))),
      el("span", { class: "tile-name" }, words.t(title)),
      el("span", { class: "tile-note" }, words.t(note))));
  }

  /** @param {Group} group */
  tile(group) {
    const { words } = this.kiosk;
    const note = el("span", { class: "tile-note" });
    const closed = el("span", { class: "tile-closed", hidden: true });
    const picture = group.icon && hasIcon(group.icon) ? icon(group.icon) : null;
    const tile = el("button", { class: "tile", type: "button", onclick: () => this.choose(group) },
      el("span", { class: "tile-head" },
        picture ? el("span", { class: "tile-picture" }, picture) : null,
        el("span", { class: "tile-letter" }, group.letter),
      ),
      el("span", { class: "tile-name" }, words.names(group.names)),
      note,
      closed,
    );
    if (group.colour) tile.style.setProperty("--group", group.colour);
    return { group, tile, note, closed };
  }

  refresh() {
    const { words, feed } = this.kiosk;
    const notice = words.names(feed.notice);
    if (this.notice) {
      this.notice.hidden = !notice;
      say(this.notice, notice);
    }
    for (const { group, tile, note, closed } of this.tiles || []) {
      const shut = group.services.every((id) => !feed.accepting(id));
      setClosed(tile, shut);
      closed.hidden = !shut;
      if (shut) fillWith(closed, closedNote(this.kiosk, firstOf(group)));
      say(note, shut ? "" : waitingWords(words, feed.waitingIn(group)));
    }
  }

  /** @param {Group} group */
  choose(group) {
    const { feed } = this.kiosk;
    if (group.services.every((id) => !feed.accepting(id))) {
      this.kiosk.announce(reasonOf(this.kiosk, firstOf(group)));
    } else if (group.services.length === 1) {
      this.kiosk.show(new ConfirmScreen(this.kiosk, firstOf(group)));
    } else {
      this.kiosk.show(new ServicesScreen(this.kiosk, group));
    }
  }

  get restful() {
    return true;
  }

  get backward() {
    return false;
  }
}

/** The service that speaks for a group; only groups with services are shown. @param {Group} group */
function firstOf(group) {
  return group.services[0] || "";
}

customElements.define("kiosk-groups", GroupsScreen);

/** The right side: who waits, in the order of the rule, and who is set aside or missed. */

import { el, say } from "../shared/dom.js";
import { aside, line, mayCall, minutesSince } from "./model.js";
import { keyed } from "./keyed.js";
import { alsoText, segmentBadge, standingText, waitWords } from "./wording.js";

/** @typedef {import("./model.js").ClerkView} ClerkView */
/** @typedef {import("./model.js").Ticket} Ticket */
/** @typedef {import("./desk.js").Terminal} Terminal */

/** The waiting list with the two lists under it. */
export class Line {
  /** @param {Terminal} desk */
  constructor(desk) {
    const { words } = desk;
    this.desk = desk;
    this.count = el("span", { class: "line-count" });
    this.rows = el("ol", { role: "list", class: "line-rows", "aria-label": words.t("desk.line.order") });
    this.empty = el("p", { class: "empty" }, words.t("desk.line.empty"), el("br"), words.t("desk.line.empty_hint"));
    this.others = el("ol", { role: "list", class: "line-rows" });
    this.othersTitle = el("summary", {});
    this.othersBox = el("details", { class: "line-others" }, this.othersTitle, this.others);
    this.parked = sideList(desk, "parked");
    this.missed = sideList(desk, "missed");
    this.element = el(
      "section",
      { class: "line card", "aria-labelledby": "line-title" },
      el("header", { class: "line-head" }, el("h2", { id: "line-title" }, words.t("desk.line")), this.count),
      el("div", { class: "line-scroll", tabindex: "0", role: "group", "aria-labelledby": "line-title" }, this.rows, this.empty, this.othersBox),
      el("div", { class: "line-aside" }, this.parked.element, this.missed.element),
    );
  }

  /** @param {ClerkView} view @param {number} now */
  update(view, now) {
    const { words } = this.desk;
    const { ranked, others } = line(view);
    say(this.count, words.tn("desk.line.count", ranked.length));
    this.empty.hidden = ranked.length > 0;
    this.othersBox.hidden = others.length === 0;
    say(this.othersTitle, `${words.t("desk.line.others")} (${words.number(others.length)})`);
    const gone = [this.fill(this.rows, ranked, view, now), this.fill(this.others, others, view, now), this.parked.update(view, now), this.missed.update(view, now)];
    if (gone.includes(true)) this.desk.focusPrimary();
  }

  /** @param {HTMLElement} parent @param {Ticket[]} tickets @param {ClerkView} view @param {number} now */
  fill(parent, tickets, view, now) {
    return keyed(parent, tickets, (ticket) => ticket.id, (ticket) => new Row(this.desk, ticket).element, (element, ticket, index) => {
      Row.of(element)?.update(view, ticket, now, index);
    });
  }
}

/** One waiting person. */
class Row {
  /** @type {WeakMap<HTMLElement, Row>} */
  static known = new WeakMap();

  /** @param {HTMLElement} element */
  static of(element) {
    return Row.known.get(element);
  }

  /** @param {Terminal} desk @param {Ticket} ticket */
  constructor(desk, ticket) {
    this.desk = desk;
    this.place = el("span", { class: "row-place soft" });
    this.service = el("span", { class: "row-service" });
    this.marks = el("span", { class: "row-marks" });
    this.why = el("span", { class: "row-why soft" });
    this.waited = el("span", { class: "row-waited numbers" });
    this.word = el("span", { class: "row-word" });
    this.pick = el(
      "button",
      { type: "button", class: "button row-pick", "data-part": "pick", "aria-label": desk.words.t("desk.act.pick_number", { number: ticket.number }), onclick: () => desk.pick(ticket.id) },
      desk.words.t("desk.act.pick"),
    );
    this.element = el(
      "li",
      { class: "line-row" },
      this.place,
      el("span", { class: "row-number numbers" }, ticket.number),
      el("span", { class: "row-text" }, this.service, this.marks, this.why),
      el("span", { class: "row-wait" }, this.waited, this.word),
      this.pick,
    );
    Row.known.set(this.element, this);
  }

  /** @param {ClerkView} view @param {Ticket} ticket @param {number} now @param {number} index */
  update(view, ticket, now, index) {
    const { words } = this.desk;
    const ranked = ticket.rank !== undefined;
    say(this.place, ranked ? String(index + 1) : "");
    say(this.service, words.names(view.services[ticket.service]?.names));
    this.updateMarks(view, ticket);
    say(this.why, standingText(ticket, now, words));
    const wait = waitWords(ticket, now, words);
    this.element.dataset.wait = wait.state;
    say(this.waited, words.duration(minutesSince(ticket.since, now)));
    say(this.word, wait.text);
    const elsewhere = ticket.only !== undefined && ticket.only !== view.counter.id;
    this.pick.setAttribute("aria-disabled", String(!mayCall(view) || elsewhere || !(ticket.service in view.offered)));
  }

  /** @param {ClerkView} view @param {Ticket} ticket */
  updateMarks(view, ticket) {
    const { words } = this.desk;
    const marks = [segmentBadge(view, ticket, words)];
    if (ticket.only) {
      const text = ticket.only === view.counter.id ? words.t("desk.only_here") : words.t("desk.only_counter", { counter: words.names(view.counters[ticket.only]?.names) || ticket.only });
      marks.push(el("span", { class: "mark" }, text));
    }
    if (ticket.channel === "web") marks.push(el("span", { class: "mark" }, words.t("desk.from_home")));
    if (ticket.also) marks.push(el("span", { class: "mark" }, words.t("desk.also", { services: alsoText(view, ticket, words) })));
    const state = marks.map((mark) => `${mark.dataset.shape ?? ""}${mark.textContent}`).join("|");
    if (this.marks.dataset.state === state) return;
    this.marks.dataset.state = state;
    this.marks.replaceChildren(...marks);
  }
}

/** Those set aside, or those who missed their call. @param {Terminal} desk @param {"parked" | "missed"} state */
function sideList(desk, state) {
  const { words } = desk;
  const title = el("h3", { id: `${state}-title` });
  const rows = el("ul", { role: "list", class: "side-rows", tabindex: "0", "aria-labelledby": `${state}-title` });
  const empty = el("p", { class: "soft side-empty" }, words.t(`desk.${state}.empty`));
  const act = state === "parked" ? "resume" : "requeue";
  return {
    element: el("section", { class: "side", "aria-labelledby": `${state}-title` }, title, rows, empty),
    /** @param {ClerkView} view @param {number} now */
    update(view, now) {
      const tickets = aside(view, state);
      say(title, `${words.t(`desk.${state}`)} (${words.number(tickets.length)})`);
      empty.hidden = tickets.length > 0;
      rows.hidden = tickets.length === 0;
      return keyed(rows, tickets, (ticket) => ticket.id, (ticket) => sideRow(desk, ticket, act), (row, ticket) => {
        const text = /** @type {HTMLElement} */ (row.children[1]);
        const button = /** @type {HTMLElement} */ (row.children[2]);
        say(text, `${words.names(view.services[ticket.service]?.names)} · ${words.duration(minutesSince(ticket.since, now))}`);
        button.setAttribute("aria-disabled", String(act === "resume" ? !mayCall(view) : view.counter.state === "closed"));
      });
    },
  };
}

/** @param {Terminal} desk @param {Ticket} ticket @param {"resume" | "requeue"} act */
function sideRow(desk, ticket, act) {
  const { words } = desk;
  return el(
    "li",
    { class: "side-row" },
    el("span", { class: "row-number numbers" }, ticket.number),
    el("span", { class: "side-text soft" }),
    el(
      "button",
      { type: "button", class: "button side-act", "data-part": act, "aria-label": words.t(`desk.act.${act}_number`, { number: ticket.number }), onclick: () => desk.actOn(act, ticket.id) },
      words.t(`desk.act.${act}`),
    ),
  );
}


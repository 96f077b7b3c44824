/** Before taking a number: what to bring, who waits, how long; then the number. */

import { BASE } from "../../shared/base.js";
import { el, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { offerWords } from "../../shared/offer.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";
import { Taking } from "../taking.js";
import { PriorityScreen } from "./priority.js";
import { TicketScreen } from "./ticket.js";
import { UnansweredScreen, RefusedScreen } from "./trouble.js";

/** @typedef {import("../feed.js").Segment} Segment */
/** @typedef {import("../taking.js").Outcome} Outcome */

/** One service, and the button that takes a number for it. */
export class ConfirmScreen extends Screen {
  /** @param {import("../screen.js").Kiosk} kiosk @param {string} service */
  constructor(kiosk, service) {
    super(kiosk);
    this.service = service;
    /** @type {Segment | null} */
    this.segment = null;
    /** @type {Taking | null} */
    this.taking = null;
  }

  draw() {
    const { words, feed } = this.kiosk;
    const service = feed.service(this.service);
    const group = feed.hall.groups.find((one) => one.id === service.group);
    this.waiting = el("dd", { class: "fact-figure" });
    this.wait = el("dd", { class: "fact-figure fact-words" });
    this.hint = el("p", { class: "soft" });
    this.take = el("button", { class: "button button-primary button-grand", type: "button", onclick: () => this.takeNumber() });
    return [
      headline(words.names(service.names), undefined, group && words.names(group.names)),
      new Content(words, el("div", { class: "before" },
        el("div", { class: "card" },
          el("dl", { class: "facts" },
            el("div", { class: "fact" }, el("dt", {}, words.t("kiosk.people_waiting")), this.waiting),
            el("div", { class: "fact" }, el("dt", {}, words.t("kiosk.expected_wait")), this.wait),
          ),
          this.hint,
        ),
        this.offerCard(),
        this.documents(service.documents || []),
      )),
      el("div", { class: "acts" }, this.priority(), this.take),
    ];
  }

  /** Where one books instead, as a picture for one's own phone; shown by `refresh` while the wait is long. */
  offerCard() {
    const { words, feed } = this.kiosk;
    this.offerTitle = el("h2", {});
    this.offerCode = el("img", { class: "qr", alt: words.t("kiosk.offer_qr"), width: "240", height: "240" });
    this.offerAt = `${BASE}/book/${encodeURIComponent(feed.hall.id)}/qr.svg?service=${encodeURIComponent(this.service)}`;
    this.offer = el("section", { class: "card offer", hidden: true }, this.offerCode,
      el("div", {}, this.offerTitle, el("p", {}, words.t("kiosk.offer_scan"))));
    this.offerCode.addEventListener("error", () => this.withdrawOffer());
    return this.offer;
  }

  /** Without its picture the offer leads nowhere. */
  withdrawOffer() {
    if (this.offer) this.offer.remove();
    this.classList.remove("has-offer");
    this.offer = undefined;
  }

  showOffer() {
    const { words, feed } = this.kiosk;
    const free = feed.offer(this.service);
    if (!this.offer || !this.offerTitle || !this.offerCode || !this.offerAt) return;
    this.offer.hidden = !free;
    this.classList.toggle("has-offer", Boolean(free));
    if (!free) return;
    say(this.offerTitle, offerWords(words, "kiosk.offer", free));
    if (!this.offerCode.hasAttribute("src")) this.offerCode.setAttribute("src", this.offerAt);
  }

  /** @param {import("../../shared/i18n.js").Text[]} documents */
  documents(documents) {
    if (!documents.length) return null;
    const { words } = this.kiosk;
    return el("section", { class: "card" },
      el("h2", {}, words.t("kiosk.what_to_bring")),
      el("ul", { class: "documents", role: "list" },
        documents.map((document) => el("li", {}, icon("check"), el("span", {}, words.names(document))))),
    );
  }

  priority() {
    const { words, feed, client } = this.kiosk;
    if (!feed.offeredSegments.length || client) return null;
    const label = this.segment
      ? words.t("kiosk.priority_chosen", { name: words.names(this.segment.names) })
      : words.t("kiosk.priority_ask");
    return el("button", { class: "button button-wide", type: "button", onclick: () => this.choosePriority() },
      icon("star"), el("span", {}, label));
  }

  choosePriority() {
    if (this.busy) return;
    this.kiosk.show(new PriorityScreen(this.kiosk, (segment) => {
      this.segment = segment;
      this.taking = null;
      this.kiosk.back();
    }));
  }

  refresh() {
    if (!this.waiting || !this.wait || !this.hint || !this.take) return;
    const { words, feed } = this.kiosk;
    const line = feed.line(this.service);
    say(this.waiting, line ? (line.waiting ? words.tn("common.people", line.waiting) : words.t("kiosk.nobody")) : "–");
    say(this.wait, line ? words.wait(line.open ? line.estimate : undefined, line.open ? line.waiting : undefined)
      : words.t("kiosk.not_current"));
    say(this.hint, words.t(line && !line.open ? "kiosk.no_counter_open" : "kiosk.wait_hint"));
    this.showOffer();
    say(this.take, words.t(this.busy ? "kiosk.taking" : "kiosk.take_number"));
  }

  get busy() {
    return Boolean(this.taking?.pending);
  }

  /** The press shows at once; a second one while waiting does nothing. */
  async takeNumber() {
    if (this.busy) return;
    const { kiosk } = this;
    this.taking = this.taking || new Taking(`halls/${encodeURIComponent(kiosk.feed.hall.id)}/tickets`, {
      service: this.service,
      language: kiosk.words.language,
      ...(this.segment ? { segment: this.segment.id } : {}),
      ...(kiosk.client ? { client: kiosk.client } : {}),
    });
    const asked = this.taking.send(() => this.retrying());
    if (this.take) this.take.setAttribute("data-busy", "");
    this.refresh();
    kiosk.announce(kiosk.words.t("kiosk.taking"));
    const outcome = await asked;
    if (this.take) this.take.removeAttribute("data-busy");
    this.refresh();
    if (this.isConnected) this.goOn(outcome);
  }

  retrying() {
    const text = this.kiosk.words.t("kiosk.retrying");
    if (this.hint) say(this.hint, text);
    this.kiosk.announce(text);
  }

  /** @param {Outcome} outcome */
  goOn(outcome) {
    const { kiosk } = this;
    if ("ticket" in outcome) kiosk.show(new TicketScreen(kiosk, outcome.ticket));
    else if ("refused" in outcome) {
      this.taking = null;
      kiosk.show(new RefusedScreen(kiosk, this.service, outcome.refused));
    } else if ("unpaired" in outcome) kiosk.unpaired();
    else kiosk.show(new UnansweredScreen(kiosk, () => this.again()));
  }

  /** The same wish once more, with the same key. */
  again() {
    this.kiosk.back();
    this.takeNumber();
  }
}

customElements.define("kiosk-confirm", ConfirmScreen);

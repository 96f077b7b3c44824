/** Before taking a number: what to bring, who waits, how long; then the number. */

import { BASE } from "../../shared/base.js";
import { el, fillWith, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { offerWords } from "../../shared/offer.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";
import { choiceOf, paperOrder } from "../paper.js";
import { Taking } from "../taking.js";
import { PhoneScreen } from "./phone.js";
import { PriorityScreen } from "./priority.js";
import { TicketScreen } from "./ticket.js";
import { UnansweredScreen, RefusedScreen } from "./trouble.js";

/** @typedef {import("../feed.js").Segment} Segment */
/** @typedef {import("../taking.js").Outcome} Outcome */

const SHOWN_DIGITS = 3;

/** One service, and the buttons that take a number for it: on paper, or on the phone only. */
export class ConfirmScreen extends Screen {
  /** @param {import("../screen.js").Kiosk} kiosk @param {string} service @param {import("../feed.js").Button} button that led here */
  constructor(kiosk, service, button) {
    super(kiosk);
    this.classList.add("screen-told");
    this.service = service;
    this.button = button;
    this.phone = "";
    this.drawn = "";
    /** @type {Segment | null} */
    this.segment = null;
    /** @type {Taking | null} */
    this.taking = null;
  }

  draw() {
    const { words, feed } = this.kiosk;
    const service = feed.service(this.service);
    const alone = this.button.services.length === 1;
    this.waiting = el("dd", { class: "fact-figure" });
    this.wait = el("dd", { class: "fact-figure fact-words" });
    this.hint = el("p", { class: "soft" });
    this.acts = el("div", { class: "acts" });
    return [
      headline(words.names(service.names), undefined, alone ? undefined : words.names(this.button.names)),
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
      this.acts,
    ];
  }

  /** What can be pressed; it depends on line and printer, and stays as it is while neither changes. */
  showActs() {
    const choice = choiceOf(this.kiosk);
    /** @type {string} */
    const drawn = [choice, this.canBeTold, this.segment?.id, this.phone, this.kiosk.words.language].join();
    if (!this.acts || (this.drawn === drawn && this.acts.firstChild)) return;
    this.drawn = drawn;
    /** @type {HTMLElement[]} */
    this.takes = choice === "ask"
      ? [this.takeButton("take_phone", false), this.takeButton("take_paper", true)]
      : [this.takeButton("take_number", choice === "always")];
    this.takes[this.takes.length - 1]?.classList.add("button-primary");
    fillWith(this.acts,
      el("div", { class: "acts-extras" }, this.priority(), this.notice()),
      el("div", { class: "acts-take" }, this.takes));
  }

  /** @param {string} word @param {boolean} paper */
  takeButton(word, paper) {
    return el("button", { class: "button button-grand", type: "button", "data-word": word, onclick: () => this.takeNumber(paper) });
  }

  /** A message can be promised only while the line is there. */
  get canBeTold() {
    const { feed, agent } = this.kiosk;
    return feed.hall.kiosk.phone && feed.current && !agent.away;
  }

  notice() {
    const { words } = this.kiosk;
    if (!this.canBeTold) return null;
    const label = this.phone ? words.t("kiosk.phone_chosen", { end: this.phone.slice(-SHOWN_DIGITS) }) : words.t("kiosk.phone_ask");
    return el("button", { class: "button button-wide", type: "button", onclick: () => this.choosePhone() },
      icon("message"), el("span", {}, label));
  }

  /** @param {string} [fault] what was wrong with the number */
  choosePhone(fault) {
    if (this.busy) return;
    const screen = new PhoneScreen(this.kiosk, this.phone, (phone) => {
      this.phone = phone;
      this.taking = null;
      this.kiosk.back();
    });
    this.kiosk.show(screen);
    if (fault) screen.wrong(fault);
  }

  /** Where one books instead, as a picture for one's own phone; shown by `refresh` while the wait is long. */
  offerCard() {
    const { words, feed } = this.kiosk;
    this.offerTitle = el("h2", {});
    this.offerAddress = el("p", { class: "offer-address" });
    this.offerCode = el("img", { class: "qr", alt: words.t("kiosk.offer_qr"), width: "240", height: "240" });
    this.offerAt = `${BASE}/book/${encodeURIComponent(feed.hall.id)}/qr.svg?service=${encodeURIComponent(this.service)}`;
    this.offer = el("section", { class: "card offer", hidden: true }, this.offerCode,
      el("div", {}, this.offerTitle, el("p", {}, words.t("kiosk.offer_scan")), this.offerAddress));
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
    if (this.offerAddress) say(this.offerAddress, plainAddress(free.url || ""));
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
    if (!this.waiting || !this.wait || !this.hint) return;
    const { words, feed } = this.kiosk;
    const line = feed.line(this.service);
    say(this.waiting, line ? (line.waiting ? words.tn("common.people", line.waiting) : words.t("kiosk.nobody")) : "–");
    say(this.wait, line ? words.wait(line.open ? line.estimate : undefined, line.open ? line.waiting : undefined)
      : words.t("kiosk.not_current"));
    say(this.hint, words.t(line && !line.open ? "kiosk.no_counter_open" : "kiosk.wait_hint"));
    this.showOffer();
    this.showActs();
    for (const take of this.takes || []) {
      say(take, words.t(this.busy && take.hasAttribute("data-busy") ? "kiosk.taking" : `kiosk.${take.dataset.word}`));
    }
  }

  get busy() {
    return Boolean(this.taking?.pending);
  }

  /** The press shows at once; a second one while waiting does nothing. @param {boolean} paper */
  async takeNumber(paper) {
    if (this.busy) return;
    const { kiosk } = this;
    this.taking = this.taking || new Taking(`halls/${encodeURIComponent(kiosk.feed.hall.id)}/tickets`, {
      service: this.service,
      language: kiosk.words.language,
      ...(this.segment ? { segment: this.segment.id } : {}),
      ...(this.phone && this.canBeTold ? { phone: this.phone } : {}),
      ...(kiosk.client ? { client: kiosk.client } : {}),
    });
    Object.assign(this.taking.order, paperOrder(kiosk, paper));
    const pressed = this.takes?.[paper ? this.takes.length - 1 : 0];
    const asked = this.taking.send(() => this.retrying());
    pressed?.setAttribute("data-busy", "");
    this.refresh();
    kiosk.announce(kiosk.words.t("kiosk.taking"));
    const outcome = await asked;
    pressed?.removeAttribute("data-busy");
    this.refresh();
    if (this.isConnected) this.goOn(outcome, paper);
  }

  retrying() {
    const text = this.kiosk.words.t("kiosk.retrying");
    if (this.hint) say(this.hint, text);
    this.kiosk.announce(text);
  }

  /** @param {Outcome} outcome @param {boolean} paper */
  goOn(outcome, paper) {
    const { kiosk } = this;
    if ("ticket" in outcome) kiosk.show(new TicketScreen(kiosk, outcome.ticket, paper));
    else if ("refused" in outcome) {
      this.taking = null;
      if (outcome.params.field === "phone") this.choosePhone(kiosk.words.t("kiosk.phone_wrong"));
      else kiosk.show(new RefusedScreen(kiosk, this.service, outcome.refused));
    } else if ("unpaired" in outcome) kiosk.unpaired();
    else kiosk.show(new UnansweredScreen(kiosk, () => this.again(paper)));
  }

  /** The same wish once more, with the same key. @param {boolean} paper */
  again(paper) {
    this.kiosk.back();
    this.takeNumber(paper);
  }
}

/** An address as people type it: without what browsers add. @param {string} address */
function plainAddress(address) {
  return address.replace(/^https?:\/\//, "").replace(/[?#].*$/, "");
}

customElements.define("kiosk-confirm", ConfirmScreen);

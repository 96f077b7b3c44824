/** The top of every screen: who we are, and the time. */

import { el, say } from "../shared/dom.js";

/** The office's name, and the hall's clock. */
export class Masthead extends HTMLElement {
  connectedCallback() {
    this.office = el("p", { class: "masthead-office" });
    this.hall = el("p", { class: "masthead-hall" });
    this.time = el("p", { class: "masthead-time numbers" });
    this.day = el("p", { class: "masthead-day" });
    this.logo = el("img", { class: "masthead-logo", alt: "", hidden: true });
    this.logo.addEventListener("load", () => this.showLogo(true));
    this.logo.addEventListener("error", () => this.showLogo(false));
    this.append(
      this.logo,
      el("div", { class: "masthead-names" }, this.office, this.hall),
      el("div", { class: "masthead-clock" }, this.time, this.day),
    );
  }

  /** @param {string} office @param {string} hall */
  name(office, hall) {
    if (this.office) say(this.office, office);
    if (this.hall) say(this.hall, hall === office ? "" : hall);
  }

  /** The office's picture, once it is there; without one the name stands alone. @param {string} address */
  picture(address) {
    if (!this.logo || this.logo.getAttribute("src") === address) return;
    this.logo.src = address;
  }

  /** @param {boolean} there */
  showLogo(there) {
    if (this.logo) this.logo.hidden = !there;
  }

  /** @param {string} time @param {string} day */
  tell(time, day) {
    if (this.time) say(this.time, time);
    if (this.day) say(this.day, day);
  }
}

customElements.define("kiosk-masthead", Masthead);

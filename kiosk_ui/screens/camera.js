/** A code is held before the camera instead of being typed. */

import { el, say } from "../../shared/dom.js";
import { icon } from "../../shared/icons.js";
import { Camera } from "../camera.js";
import { Content } from "../content.js";
import { isCode } from "../scanner.js";
import { Screen, headline } from "../screen.js";

/** Shows what the camera sees, as in a mirror; the picture is kept nowhere. */
export class CameraScreen extends Screen {
  /** @param {import("../screen.js").Kiosk} kiosk */
  constructor(kiosk) {
    super(kiosk);
    this.classList.add("screen-told", "screen-camera");
    this.video = el("video", { class: "preview", muted: true, playsinline: true, "aria-hidden": "true" });
    this.camera = new Camera(this.video, kiosk.agent, (text) => this.read(text));
    /** What it says under the picture. */
    this.state = "camera_look";
  }

  connectedCallback() {
    super.connectedCallback();
    this.camera.start().catch(() => this.tell("camera_fault"));
  }

  disconnectedCallback() {
    this.camera.stop();
  }

  draw() {
    const { words } = this.kiosk;
    this.told = el("span", {});
    return [
      headline(words.t("kiosk.camera_title"), words.t("kiosk.camera_hint"), words.t("kiosk.have_booking")),
      new Content(words,
        el("div", { class: "preview-frame" }, this.video),
        el("p", { class: "preview-state", role: "status" }, icon("info"), this.told)),
      el("div", { class: "acts" },
        el("button", { class: "button button-grand", type: "button", onclick: () => this.kiosk.back() }, words.t("kiosk.camera_type"))),
    ];
  }

  refresh() {
    if (this.told) say(this.told, this.kiosk.words.t(`kiosk.${this.state}`));
  }

  /** @param {string} text */
  read(text) {
    const code = text.trim();
    if (!isCode(code) || !this.kiosk.scanned(code)) this.tell("camera_other");
  }

  /** @param {string} state */
  tell(state) {
    if (state === this.state) return;
    this.state = state;
    this.refresh();
    this.kiosk.aloud(this.kiosk.words.t(`kiosk.${state}`));
  }
}

customElements.define("kiosk-camera", CameraScreen);

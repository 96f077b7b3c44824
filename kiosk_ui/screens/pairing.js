/** A kiosk that no hall knows yet. */

import { PairingForm } from "../../shared/pairing.js";
import { Content } from "../content.js";
import { Screen, headline } from "../screen.js";

/** Asks for the code of an administrator; `paired` is told when it was right. */
export class PairingScreen extends Screen {
  /**
   * @param {import("../screen.js").Kiosk} kiosk
   * @param {() => void} paired
   */
  constructor(kiosk, paired) {
    super(kiosk);
    this.form = new PairingForm(kiosk.words, ["kiosk"], paired);
  }

  draw() {
    const { words } = this.kiosk;
    this.form.speak(words);
    return [headline(words.t("kiosk.pair_title"), words.t("pairing.text")), new Content(words, this.form)];
  }

  get restful() {
    return true;
  }

  get backward() {
    return false;
  }
}

customElements.define("kiosk-pairing", PairingScreen);

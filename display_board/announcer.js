/** How a call is heard: a chime, then the voice; as much of it as this screen is told to. */

import { Chime } from "./chime.js";
import { Voice } from "./voice.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").Announcement} Announcement */

/** One screen's sound. */
export class Announcer {
  /** @param {import("./address.js").Sound} sound @param {() => void} changed told when `blocked` may have changed */
  constructor(sound, changed) {
    this.chime = sound === "off" ? null : new Chime(changed);
    this.voice = sound === "voice" ? new Voice() : null;
  }

  /** Whether the browser wants a touch of the screen before it lets anything be heard. */
  get blocked() {
    return this.chime !== null && !this.chime.possible;
  }

  /**
   * @param {Announcement} call
   * @param {Words[]} languages
   * @param {() => boolean} unhurried whether there is time for further languages
   */
  async say(call, languages, unhurried) {
    await this.chime?.ring();
    if (!this.blocked) await this.voice?.say(call, languages, unhurried);
  }
}

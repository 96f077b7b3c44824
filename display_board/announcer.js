/** How a call is heard: a chime, then the voice in one language after the other; as much of it as there is time for. */

import { ring } from "./chime.js";
import { Loudspeaker } from "./loudspeaker.js";
import { audible } from "./setup.js";
import { Speech } from "./speech.js";
import { Voice } from "./voice.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").Announcement} Announcement */
/** @typedef {import("./setup.js").Sound} Sound */

/** @type {Sound} */
const SILENT = { mode: "off", languages: [], repeat: 1, volume: 0, heard: [] };

/**
 * Says one sentence after the other: each language in its turn, all of it `repeat` times. While one other call
 * waits, the further languages are left out; while more do, the repeats too. The first sentence that can be
 * said at all is always said.
 *
 * @template L
 * @param {L[]} languages
 * @param {number} repeat
 * @param {() => number} waiting how many other calls wait
 * @param {(language: L) => Promise<boolean>} say tells whether it was said
 */
export async function speak(languages, repeat, waiting, say) {
  let said = false;
  for (let round = 0; round < repeat && (said || !round); round += 1) {
    for (const [n, language] of languages.entries()) {
      if (said && waiting() > (n ? 0 : 1)) break;
      said = (await say(language)) || said;
    }
  }
}

/** One screen's sound; it follows the set-up as that changes. */
export class Announcer {
  /** @param {() => void} changed told when `blocked` may have changed */
  constructor(changed) {
    this.changed = changed;
    this.sound = SILENT;
    this.time = () => "00:00";
    this.voice = new Voice();
    /** @type {Loudspeaker | null} */
    this.speaker = null;
    /** @type {Speech | null} */
    this.speech = null;
    this.call = 0;
  }

  /** @param {Sound} sound @param {() => string} time the local time, as 09:05 */
  follow(sound, time) {
    this.sound = sound;
    this.time = time;
    if (sound.mode === "off" || this.speaker) return;
    this.speaker = new Loudspeaker(this.changed);
    this.speech = new Speech(this.speaker);
  }

  /** Whether the browser wants a touch of the screen before it lets anything be heard. */
  get blocked() {
    return this.sound.mode !== "off" && this.speaker !== null && this.speaker.blocked;
  }

  /** Whether something may be heard now. */
  get audible() {
    return audible(this.sound, this.time());
  }

  /**
   * Done when all is said that there is time for.
   *
   * @param {Announcement} call
   * @param {(language: string) => Words | undefined} wordsOf
   * @param {() => number} waiting how many other calls wait
   */
  async say(call, wordsOf, waiting) {
    this.call += 1;
    const { speaker, call: mine } = this;
    if (!speaker || !this.audible) return;
    if (!speaker.possible) await speaker.wake();
    if (!speaker.possible) return;
    const languages = this.sound.languages.map(wordsOf).filter(isThere);
    this.prepare(languages[0], call);
    await ring(speaker, this.sound.volume);
    await speak(languages, this.sound.repeat, waiting, async (words) => {
      if (mine !== this.call || this.sound.mode !== "voice" || !this.audible) return false;
      this.prepare(languages[languages.indexOf(words) + 1], call);
      return this.sentence(words, call);
    });
  }

  /** The browser's own voice, else the server's, else one that the browser has from elsewhere. @param {Words} words @param {Announcement} call */
  async sentence(words, call) {
    const { volume } = this.sound;
    return await this.voice.say(words, call, volume, true)
      || await this.speech?.say(words.language, call, volume)
      || this.voice.say(words, call, volume, false);
  }

  /** Has the server's sentence at hand when its time comes. @param {Words | undefined} words @param {Announcement} call */
  prepare(words, call) {
    if (words && this.sound.mode === "voice" && !this.voice.of(words, true)) this.speech?.prepare(words.language, call);
  }

  /** Nothing more of this call. */
  hush() {
    this.call += 1;
    this.voice.hush();
  }
}

/** @template T @param {T | undefined} value @returns {value is T} */
function isThere(value) {
  return value !== undefined;
}

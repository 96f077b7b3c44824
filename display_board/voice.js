/** Speaks with the browser's own voices. */

import { spokenWords } from "./where.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").Announcement} Announcement */

/** A little slower than talk: a hall has an echo. */
const RATE = 0.9;
/** Some browsers never say that they have ended. */
const LONGEST_MS = 12000;

/** Silent where the browser has no voices. */
export class Voice {
  constructor() {
    /** @type {SpeechSynthesis | undefined} */
    this.synthesis = window.speechSynthesis;
    // Some browsers load their voices only after they were asked for once.
    this.synthesis?.getVoices();
  }

  /**
   * @param {Words} words
   * @param {boolean} local whether it must be on this machine; others need the internet
   * @returns {SpeechSynthesisVoice | undefined}
   */
  of(words, local) {
    const all = this.synthesis?.getVoices() || [];
    return all.find((voice) => voice.localService === local && voice.lang.slice(0, 2).toLowerCase() === words.language);
  }

  /**
   * @param {Words} words
   * @param {Announcement} call
   * @param {number} volume 0 to 1
   * @param {boolean} local
   * @returns {Promise<boolean>} whether it was said
   */
  say(words, call, volume, local) {
    const voice = this.of(words, local);
    const { synthesis } = this;
    if (!voice || !synthesis) return Promise.resolve(false);
    const utterance = new SpeechSynthesisUtterance(spokenWords(words, call));
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = RATE;
    utterance.volume = volume;
    return new Promise((done) => {
      let begun = false;
      const timer = setTimeout(() => {
        synthesis.cancel();
        done(begun);
      }, LONGEST_MS);
      const end = (/** @type {boolean} */ said) => {
        clearTimeout(timer);
        done(said);
      };
      utterance.onstart = () => {
        begun = true;
      };
      utterance.onend = () => end(true);
      utterance.onerror = () => end(false);
      synthesis.speak(utterance);
    });
  }

  hush() {
    this.synthesis?.cancel();
  }
}

/** Speaks a call in one language after the other, where the browser has a voice for it. */

import { spokenWords } from "./where.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").Announcement} Announcement */

/** A little slower than talk: a hall has an echo. */
const RATE = 0.9;
/** Some browsers never say that they have ended. */
const LONGEST_MS = 12000;

/** The browser's voice; silent where there is none. */
export class Voice {
  constructor() {
    /** @type {SpeechSynthesis | undefined} */
    this.synthesis = window.speechSynthesis;
    this.turn = 0;
    // Some browsers load their voices only after they were asked for once.
    this.synthesis?.getVoices();
  }

  /**
   * Says a call; the further languages follow while nobody else waits to be called.
   *
   * @param {Announcement} call
   * @param {Words[]} languages
   * @param {() => boolean} unhurried
   * @returns {Promise<void>} done when it was said in the first language
   */
  async say(call, languages, unhurried) {
    this.turn += 1;
    const { turn } = this;
    this.synthesis?.cancel();
    const speakable = languages.filter((words) => this.voiceOf(words));
    const [first, ...others] = speakable;
    if (!first) return;
    await this.utter(first, call);
    this.sayOthers(others, call, () => turn === this.turn && unhurried());
  }

  /** @param {Words[]} languages @param {Announcement} call @param {() => boolean} may */
  async sayOthers(languages, call, may) {
    for (const words of languages) {
      if (!may()) return;
      await this.utter(words, call);
    }
  }

  /** @param {Words} words @returns {SpeechSynthesisVoice | undefined} */
  voiceOf(words) {
    const fitting = (this.synthesis?.getVoices() || []).filter((voice) => voice.lang.slice(0, 2).toLowerCase() === words.language);
    return fitting.find((voice) => voice.localService) || fitting[0];
  }

  /** @param {Words} words @param {Announcement} call @returns {Promise<void>} */
  utter(words, call) {
    const voice = this.voiceOf(words);
    if (!voice || !this.synthesis) return Promise.resolve();
    const utterance = new SpeechSynthesisUtterance(spokenWords(words, call));
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = RATE;
    const ended = new Promise((done) => {
      utterance.onend = done;
      utterance.onerror = done;
      setTimeout(done, LONGEST_MS);
    });
    this.synthesis.speak(utterance);
    return ended.then(() => undefined);
  }
}

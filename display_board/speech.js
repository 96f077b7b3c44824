/** Calls as the server speaks them, for languages of which the browser has no voice. */

import { BASE } from "../shared/base.js";

/** @typedef {import("../shared/wire.js").Announcement} Announcement */
/** @typedef {import("./loudspeaker.js").Loudspeaker} Loudspeaker */

/** So many sentences are kept: a call is said again, and repeated. */
const KEPT = 12;
/** Longer than this a hall does not wait for a sentence. */
const PATIENCE_MS = 3000;
/** So long a language is not asked for again once the server has said that it has no voice for it. */
const VOICELESS_MS = 10 * 60 * 1000;
/** A source that does not say that it has ended. */
const GRACE_MS = 1000;

/** Fetches, keeps and plays. */
export class Speech {
  /** @param {Loudspeaker} speaker @param {() => number} [machine] milliseconds that never go back */
  constructor(speaker, machine = () => performance.now()) {
    this.speaker = speaker;
    this.machine = machine;
    /** Newest last. @type {Map<string, Promise<AudioBuffer | null>>} */
    this.kept = new Map();
    /** Until when a language counts as having no voice. @type {Map<string, number>} */
    this.voiceless = new Map();
  }

  /**
   * Has a sentence at hand soon.
   *
   * @param {string} language
   * @param {Announcement} call
   * @returns {Promise<AudioBuffer | null>} null where the server has none
   */
  prepare(language, call) {
    if ((this.voiceless.get(language) || 0) > this.machine()) return Promise.resolve(null);
    const address = addressOf(language, call);
    const sentence = this.kept.get(address) || this.fetch(language, address);
    this.kept.delete(address);
    this.kept.set(address, sentence);
    for (const oldest of [...this.kept.keys()].slice(0, -KEPT)) this.kept.delete(oldest);
    return sentence;
  }

  /** @param {string} language @param {string} address @returns {Promise<AudioBuffer | null>} */
  async fetch(language, address) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
    try {
      const response = await fetch(BASE + address, { signal: abort.signal });
      if (response.ok) return await this.speaker.audio.decodeAudioData(await response.arrayBuffer());
      if (response.status === 404) this.voiceless.set(language, this.machine() + VOICELESS_MS);
    } catch {
      // No answer, or nothing that can be played: the chime has rung, the screen shows it.
    } finally {
      clearTimeout(timer);
    }
    return null;
  }

  /**
   * @param {string} language
   * @param {Announcement} call
   * @param {number} volume 0 to 1
   * @returns {Promise<boolean>} whether it was said
   */
  async say(language, call, volume) {
    const sentence = await this.prepare(language, call);
    if (!sentence) return false;
    const source = this.speaker.audio.createBufferSource();
    source.buffer = sentence;
    this.speaker.lead(source).gain.value = volume;
    await new Promise((done) => {
      source.addEventListener("ended", done);
      setTimeout(done, sentence.duration * 1000 + GRACE_MS);
      source.start();
    });
    return true;
  }
}

/** @param {string} language @param {Announcement} call */
function addressOf(language, { hall, number, counter, again }) {
  const what = new URLSearchParams({ number, counter, ...(again ? { again: "1" } : {}) });
  return `/api/v1/halls/${encodeURIComponent(hall)}/speech/${language}?${what}`;
}

/** A voice: the browser's where it has one of the language, else that of the program beside the kiosk. */

const LEVELS = [0.15, 0.35, 0.6, 0.8, 1];
const RATES = [0.7, 0.85, 1, 1.25, 1.5];
const MIDDLE = 2;
/** Some browsers never say that they have ended. */
const LONGEST_MS = 60000;

/** Says one text at a time; a new one cuts the old one short. */
export class Voice {
  /** @param {import("../agent.js").Agent} agent */
  constructor(agent) {
    this.agent = agent;
    /** @type {SpeechSynthesis | undefined} */
    this.synthesis = window.speechSynthesis;
    // Some browsers load their voices only after they were asked for once.
    this.synthesis?.getVoices();
    this.turn = 0;
    this.forget();
  }

  /** As the next person finds it: neither loud nor fast. */
  forget() {
    this.silence();
    this.level = MIDDLE;
    this.speed = MIDDLE;
  }

  /** @param {string} language */
  can(language) {
    return this.agent.present || Boolean(this._voiceOf(language));
  }

  /** Steps of loudness or speed; says whether there was one more. @param {"level" | "speed"} what @param {number} step */
  turnTo(what, step) {
    const next = (this[what] || 0) + step;
    if (next < 0 || next >= LEVELS.length) return false;
    this[what] = next;
    return true;
  }

  get steps() {
    return LEVELS.length;
  }

  silence() {
    this.turn += 1;
    this.speaking = false;
    this.synthesis?.cancel();
    this.source?.stop();
    this.source = undefined;
  }

  /** @param {string} text @param {string} language */
  async say(text, language) {
    this.silence();
    const { turn } = this;
    if (!text) return;
    this.speaking = true;
    const voice = this._voiceOf(language);
    const said = voice ? this._utter(text, voice) : this._play(text, language, turn);
    await Promise.race([said, new Promise((done) => setTimeout(done, LONGEST_MS))]);
    if (turn === this.turn) this.speaking = false;
  }

  /** @param {string} language @returns {SpeechSynthesisVoice | undefined} */
  _voiceOf(language) {
    const fitting = (this.synthesis?.getVoices() || []).filter((voice) => voice.lang.slice(0, 2).toLowerCase() === language);
    return fitting.find((voice) => voice.localService) || fitting[0];
  }

  /** @param {string} text @param {SpeechSynthesisVoice} voice @returns {Promise<unknown>} */
  _utter(text, voice) {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.volume = LEVELS[this.level || 0] || 1;
    utterance.rate = RATES[this.speed || 0] || 1;
    return new Promise((done) => {
      utterance.onend = done;
      utterance.onerror = done;
      this.synthesis?.speak(utterance);
    });
  }

  /** @param {string} text @param {string} language @param {number} turn */
  async _play(text, language, turn) {
    const sound = await this.agent.speech(text, language);
    if (!sound || turn !== this.turn) return;
    this.context = this.context || new AudioContext();
    const buffer = await this.context.decodeAudioData(sound);
    if (turn !== this.turn) return;
    const source = this.context.createBufferSource();
    const gain = this.context.createGain();
    gain.gain.value = LEVELS[this.level || 0] || 1;
    source.buffer = buffer;
    source.playbackRate.value = RATES[this.speed || 0] || 1;
    source.connect(gain).connect(this.context.destination);
    this.source = source;
    await new Promise((done) => {
      source.onended = done;
      source.start();
    });
  }
}

/** Two soft tones, made by the browser itself. */

const TONES_HZ = [783.99, 587.33];
const APART_SECONDS = 0.42;
const RING_SECONDS = 1.3;
const LOUDNESS = 0.3;
const QUIET = 0.0001;

/** Sounds once the browser allows it: at once where it was told to, else after the first touch of the screen. */
export class Chime {
  /** @param {() => void} changed told when sound becomes possible, or stops to be */
  constructor(changed) {
    this.audio = new AudioContext();
    this.audio.onstatechange = changed;
    for (const type of ["pointerdown", "keydown"]) {
      document.addEventListener(type, () => this.unlock(), { capture: true, passive: true });
    }
  }

  get possible() {
    return this.audio.state === "running";
  }

  unlock() {
    if (!this.possible) this.audio.resume().catch(() => undefined);
  }

  /** Rings; done when a voice may begin. @returns {Promise<void>} */
  ring() {
    if (!this.possible) return Promise.resolve();
    for (const [n, hertz] of TONES_HZ.entries()) this.tone(hertz, this.audio.currentTime + n * APART_SECONDS);
    return new Promise((done) => setTimeout(done, (APART_SECONDS + RING_SECONDS * 0.6) * 1000));
  }

  /** One tone that comes softly and dies away. @param {number} hertz @param {number} at */
  tone(hertz, at) {
    const { audio } = this;
    const gain = audio.createGain();
    gain.gain.setValueAtTime(QUIET, at);
    gain.gain.exponentialRampToValueAtTime(LOUDNESS, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(QUIET, at + RING_SECONDS);
    gain.connect(audio.destination);
    const tone = audio.createOscillator();
    tone.type = "sine";
    tone.frequency.value = hertz;
    tone.connect(gain);
    tone.start(at);
    tone.stop(at + RING_SECONDS);
  }
}

/** The screen's loudspeaker: sounds once the browser allows it, and wakes again after the machine took it away. */

const WAKING_MS = 300;
/** A browser that may sound takes a moment to begin to. */
const SETTLING_MS = 1500;

/** At once where the browser was told to (see docs/operator.md), else after the first touch of the screen. */
export class Loudspeaker {
  /** @param {() => void} changed told when sound becomes possible, or stops to be */
  constructor(changed) {
    this.audio = new AudioContext();
    this.audio.onstatechange = changed;
    this.settled = false;
    setTimeout(() => {
      this.settled = true;
      changed();
    }, SETTLING_MS);
    for (const type of ["pointerdown", "keydown"]) {
      document.addEventListener(type, () => this.wake(), { capture: true, passive: true });
    }
  }

  /** Whether a touch is needed. */
  get blocked() {
    return this.settled && !this.possible;
  }

  get possible() {
    return this.audio.state === "running";
  }

  /** Done at once where sound is possible, else when it has become so, or soon after. @returns {Promise<unknown>} */
  wake() {
    if (this.possible) return Promise.resolve();
    return Promise.race([this.audio.resume().catch(() => undefined), new Promise((done) => setTimeout(done, WAKING_MS))]);
  }

  /**
   * Leads a source to the loudspeaker, and lets go of it when it has ended.
   *
   * @param {AudioScheduledSourceNode} source
   * @returns {GainNode} how loud it is
   */
  lead(source) {
    const gain = this.audio.createGain();
    source.connect(gain);
    gain.connect(this.audio.destination);
    source.onended = () => {
      source.disconnect();
      gain.disconnect();
    };
    return gain;
  }
}

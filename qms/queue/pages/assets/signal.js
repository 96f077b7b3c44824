/** Two soft tones and a vibration, after the person has asked for them; the screen then stays awake. */

const HIGH_HZ = 659.3;
const LOW_HZ = 523.3;
const TONE_SECONDS = 0.45;
const REPEATS = 3;
const LOUDNESS = 0.35;
const PATTERN = [300, 150, 300, 150, 600];

/** The phone's call. */
export class Signal {
  constructor() {
    this.possible = "AudioContext" in window;
    /** @type {AudioContext | null} */
    this.audio = null;
    /** @type {WakeLockSentinel | null} */
    this.awake = null;
    document.addEventListener("visibilitychange", () => {
      if (this.audio && !document.hidden) this.stayAwake();
    });
  }

  /** Must follow a press: browsers allow no sound before one. */
  async start() {
    this.audio = new AudioContext();
    await Promise.all([this.audio.resume(), this.stayAwake()]);
    this.ring(1, LOUDNESS / 2);
  }

  stop() {
    this.audio?.close();
    this.audio = null;
    this.awake?.release();
    this.awake = null;
  }

  sound() {
    if (!this.audio) return;
    this.ring(REPEATS, LOUDNESS);
    navigator.vibrate?.(PATTERN);
  }

  /** @param {number} repeats @param {number} loudness */
  ring(repeats, loudness) {
    const { audio } = this;
    if (!audio) return;
    for (let n = 0; n < repeats * 2; n += 1) {
      const at = audio.currentTime + n * TONE_SECONDS;
      const gain = audio.createGain();
      gain.gain.setValueAtTime(loudness, at);
      gain.gain.exponentialRampToValueAtTime(0.001, at + TONE_SECONDS);
      const tone = audio.createOscillator();
      tone.frequency.value = n % 2 ? LOW_HZ : HIGH_HZ;
      tone.connect(gain).connect(audio.destination);
      tone.start(at);
      tone.stop(at + TONE_SECONDS);
    }
  }

  async stayAwake() {
    try {
      this.awake = await navigator.wakeLock.request("screen");
    } catch {
      // Not allowed or not known here: the page works, the screen may go dark.
      this.awake = null;
    }
  }
}

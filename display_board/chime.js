/** Two soft tones, made by the browser itself. */

/** @typedef {import("./loudspeaker.js").Loudspeaker} Loudspeaker */

const TONES_HZ = [783.99, 587.33];
const APART_SECONDS = 0.42;
const RING_SECONDS = 1.3;
const LOUDNESS = 0.3;
const QUIET = 0.0001;
/** So long after its beginning a voice may begin. */
export const CHIME_MS = (APART_SECONDS + RING_SECONDS * 0.6) * 1000;

/**
 * Rings; done when a voice may begin.
 *
 * @param {Loudspeaker} speaker
 * @param {number} volume 0 to 1
 * @returns {Promise<void>}
 */
export function ring(speaker, volume) {
  const { audio } = speaker;
  for (const [n, hertz] of TONES_HZ.entries()) tone(speaker, hertz, volume, audio.currentTime + n * APART_SECONDS);
  return new Promise((done) => setTimeout(done, CHIME_MS));
}

/** One tone that comes softly and dies away. @param {Loudspeaker} speaker @param {number} hertz @param {number} volume @param {number} at */
function tone(speaker, hertz, volume, at) {
  const tone = speaker.audio.createOscillator();
  const { gain } = speaker.lead(tone);
  gain.setValueAtTime(QUIET, at);
  gain.exponentialRampToValueAtTime(LOUDNESS * volume, at + 0.02);
  gain.exponentialRampToValueAtTime(QUIET, at + RING_SECONDS);
  tone.type = "sine";
  tone.frequency.value = hertz;
  tone.start(at);
  tone.stop(at + RING_SECONDS);
}

"""A browser whose loudspeaker and voice write down what they are given, and a clock on which boards are quick."""

EARS = """
  window.heard = [];
  const note = (what) => heard.push({ what, loud: document.querySelector("loud-call:not([hidden]) .loud-number")?.textContent || "" });
  const param = () => ({ value: 1, setValueAtTime() {}, exponentialRampToValueAtTime() {} });
  const joint = () => ({ connect() {}, disconnect() {} });
  window.AudioContext = class extends EventTarget {
    state = "running";
    currentTime = 0;
    destination = joint();
    resume() { return Promise.resolve(); }
    createGain() { return Object.assign(joint(), { gain: param() }); }
    source(what) {
      const source = Object.assign(new EventTarget(), joint(), { frequency: param(), stop() {}, onended: null, start: () => {
        note(what(source));
        setTimeout(() => { source.onended?.(); source.dispatchEvent(new Event("ended")); }, 1000);
      } });
      return source;
    }
    createOscillator() { return this.source(() => "tone"); }
    createBufferSource() { return this.source((source) => `server ${source.buffer.name}`); }
    async decodeAudioData(bytes) { return { duration: 1, name: new TextDecoder().decode(bytes) }; }
  };
  window.voices = ["pl-PL", "en-GB"];
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices.map((lang) => ({ lang, name: lang, localService: true })),
    cancel() {},
    speak: (one) => {
      note(`${one.lang.slice(0, 2)} ${one.text}`);
      setTimeout(() => one.onend(), 1000);
    },
  } });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
"""What is heard goes into `heard`, each with the number that stands in the loud place at that moment."""


def fast(times: float) -> str:
    """A browser in which the pauses of boards pass so many times faster.

    Not those of the live line, nor those after which a silent server is given up: the network is no faster.
    """
    return f"""
      const pauses = [setTimeout, setInterval].map((begin) => begin.bind(window));
      const quick = (act, ms, least) => !/abort|fail/.test(act) && ((ms >= least && ms <= 10000) || ms >= 20000) ? ms / {times} : ms;
      window.setTimeout = (act, ms = 0, ...more) => pauses[0](act, quick(act, ms, 900), ...more);
      window.setInterval = (act, ms = 0, ...more) => pauses[1](act, quick(act, ms, 10000), ...more);
    """

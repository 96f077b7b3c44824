/** Reads a code that is held before the kiosk's camera: by the browser where it can, else by the program beside the kiosk. */

/** @typedef {import("./agent.js").Agent} Agent */
/** @typedef {(picture: HTMLVideoElement) => Promise<string>} Read what a picture says; empty where it has no code */

const EACH_MS = 250;
const WIDTH = 640;
const QUALITY = 0.8;

/** Whether there are a camera, and somebody to read what it sees. @param {Agent} agent */
export async function canScan(agent) {
  if (!navigator.mediaDevices || !(await reader(agent))) return false;
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.some(({ kind }) => kind === "videoinput");
}

/** @param {Agent} agent @returns {Promise<Read | null>} */
async function reader(agent) {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  if (Detector && (await Detector.getSupportedFormats()).includes("qr_code")) {
    const detector = new Detector({ formats: ["qr_code"] });
    return async (video) => {
      const [first] = await detector.detect(video);
      return first ? String(first.rawValue) : "";
    };
  }
  return agent.present ? async (video) => agent.scan(await pictureOf(video)) : null;
}

/** @param {HTMLVideoElement} video @returns {Promise<Blob>} JPEG */
function pictureOf(video) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = Math.round(WIDTH * video.videoHeight / video.videoWidth);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}

/** Looks through the camera until it is stopped; `found` is told each text that it reads. */
export class Camera {
  /** @param {HTMLVideoElement} video @param {Agent} agent @param {(text: string) => void} found */
  constructor(video, agent, found) {
    this.video = video;
    this.agent = agent;
    this.found = found;
    this.running = false;
  }

  /** Throws where the camera is not to be had. */
  async start() {
    this.running = true;
    const [stream, read] = await Promise.all([
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } } }), reader(this.agent),
    ]);
    this.stream = stream;
    if (!this.running || !read) {
      this.stop();
      return;
    }
    this.video.srcObject = stream;
    await this.video.play();
    this._look(read);
  }

  stop() {
    this.running = false;
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.stream = undefined;
    this.video.srcObject = null;
  }

  /** @param {Read} read */
  async _look(read) {
    while (this.running) {
      const text = this.video.videoWidth ? await read(this.video).catch(() => "") : "";
      if (text && this.running) this.found(text);
      await new Promise((done) => setTimeout(done, EACH_MS));
    }
  }
}

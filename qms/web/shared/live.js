/**
 * A view of the server, kept current: the full state first, then patches, each upon the revision before it.
 *
 * On any doubt (a gap, another stream, a word not understood) the full state is asked for; a lost line is
 * opened again, with pauses that grow and differ, so that a thousand screens do not come back at one moment.
 */

/** @typedef {import("./wire.js").Views} Views */
/** @typedef {import("./wire.js").StateMessage} StateMessage */
/** @typedef {import("./wire.js").PatchMessage} PatchMessage */
/** @typedef {import("./wire.js").BeatMessage} BeatMessage */
/** @typedef {StateMessage | PatchMessage | BeatMessage} Message */

/**
 * What to watch. A board may show several halls, or be one of the hall's set-up.
 *
 * @template {keyof Views} V
 * @typedef {{view: V, hall?: string | string[], board?: string, counter?: string, token?: string}} Subject
 */

/**
 * What is known beside the state. `now` gives business time in milliseconds, at any moment; `speed` is business
 * seconds per machine second; `outdated`: the server runs another program than when this page began.
 *
 * @typedef {object} Meta
 * @property {() => number} now
 * @property {number} speed
 * @property {string} version
 * @property {boolean} outdated
 * @property {Record<string, number>} halls
 */

/**
 * `onState` gets each new state, which shares what did not change with the one before. `onStale(true)`: the
 * server has been silent too long; once it speaks again come `onStale(false)` and the state. `onGone`: the
 * server has nothing for us (4401 sign in, 4403 not allowed, 4404 unknown), and it is not tried again.
 *
 * @template {keyof Views} V
 * @typedef {object} On
 * @property {(state: Views[V], meta: Meta) => void} onState
 * @property {(stale: boolean) => void} [onStale]
 * @property {(code: number) => void} [onGone]
 */

/**
 * The outer world, where a test puts its own. `machine` gives milliseconds that never go back.
 *
 * @typedef {object} World
 * @property {string} base
 * @property {(address: string) => WebSocket} connect
 * @property {() => number} machine
 * @property {() => number} random
 * @property {EventTarget} page
 * @property {EventTarget & {hidden: boolean}} document
 */

const BEAT_MS = 5000;
/** Two beats missed, and a little for the road. */
export const SILENCE_MS = 2 * BEAT_MS + 1000;
export const FIRST_PAUSE_MS = 1000;
export const LONGEST_PAUSE_MS = 10000;
/** The shortest pause is this share of the longest one of the same try. */
export const LEAST_SHARE = 0.3;
const GONE = new Set([4401, 4403, 4404]);
/** Times told by so many heartbeats are kept; the one that came fastest is believed. */
const SAMPLES = 6;

/**
 * JSON Merge Patch (RFC 7396): `target` with `patch` merged in. Neither is changed.
 *
 * @param {unknown} target
 * @param {unknown} patch
 * @returns {any}
 */
export function merge(target, patch) {
  if (!isMap(patch)) return patch;
  /** @type {Record<string, unknown>} */
  const merged = isMap(target) ? { ...target } : {};
  for (const key of Object.keys(patch)) {
    if (patch[key] === null) delete merged[key];
    else put(merged, key, merge(own(merged, key), patch[key]));
  }
  return merged;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isMap(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {Record<string, unknown>} map @param {string} key */
function own(map, key) {
  return Object.prototype.hasOwnProperty.call(map, key) ? map[key] : undefined;
}

/** Sets a key even where it is called `__proto__`. @param {Record<string, unknown>} map @param {string} key @param {unknown} value */
function put(map, key, value) {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Business time as the server tells it, carried on between its words by the machine's clock. */
export class BusinessClock {
  /** @param {() => number} machine */
  constructor(machine) {
    this.machine = machine;
    this.speed = 1;
    /** Business time at machine time zero, as each of the latest messages has it. @type {number[]} */
    this.origins = [Date.now() - machine()];
  }

  /**
   * Hears the time. A message can only be late, so of several the one that is furthest on is right.
   *
   * @param {string} at
   * @param {number} speed
   * @param {boolean} anew forget what was heard before: another server speaks
   */
  hear(at, speed, anew) {
    if (anew || speed !== this.speed) this.origins = [];
    this.speed = speed;
    this.origins.push(Date.parse(at) - this.machine() * speed);
    if (this.origins.length > SAMPLES) this.origins.shift();
  }

  /** @returns {number} milliseconds */
  now() {
    return Math.max(...this.origins) + this.machine() * this.speed;
  }
}

/** @template {keyof Views} V */
class Live {
  /** @param {string} address @param {On<V>} on @param {World} world */
  constructor(address, on, world) {
    this.address = address;
    this.on = on;
    this.world = world;
    this.clock = new BusinessClock(world.machine);
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {Views[V] | null} */
    this.state = null;
    this.stream = "";
    this.rev = 0;
    /** @type {Record<string, number>} */
    this.halls = {};
    this.asked = false;
    this.tries = 0;
    this.stale = false;
    this.closed = false;
    this.heardAt = world.machine();
    this.version = "";
    this.firstVersion = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.pause = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.silence = undefined;
    this.now = () => this.clock.now();
    this.look = () => this.lookAgain();
    world.page.addEventListener("online", this.look);
    world.page.addEventListener("pageshow", this.look);
    world.document.addEventListener("visibilitychange", this.look);
    this.listen();
    this.open();
  }

  open() {
    clearTimeout(this.pause);
    this.pause = undefined;
    const socket = this.world.connect(this.address);
    this.socket = socket;
    socket.onmessage = (event) => this.hear(event.data);
    socket.onclose = (event) => this.lost(event.code);
  }

  /** Lets go of the socket; whatever it still says is not heard. */
  drop() {
    const { socket } = this;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  /** @param {number} code */
  lost(code) {
    this.drop();
    if (GONE.has(code)) {
      this.close();
      if (this.on.onGone) this.on.onGone(code);
      return;
    }
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.tries);
    this.tries += 1;
    this.pause = setTimeout(() => this.open(), longest * (LEAST_SHARE + (1 - LEAST_SHARE) * this.world.random()));
  }

  /** Starts to count the silence anew. */
  listen() {
    clearTimeout(this.silence);
    this.heardAt = this.world.machine();
    this.silence = setTimeout(() => this.silent(), SILENCE_MS);
  }

  /** Nothing was heard for too long: what is shown is not current, and the line is taken for dead. */
  silent() {
    this.listen();
    if (!this.stale) {
      this.stale = true;
      if (this.on.onStale) this.on.onStale(true);
    }
    if (this.socket) this.lost(0);
  }

  /** The page is seen again, or the network is back: no reason to sit out a pause. */
  lookAgain() {
    if (this.world.document.hidden) return;
    if (this.world.machine() - this.heardAt > SILENCE_MS) this.drop();
    if (this.socket) return;
    this.tries = 0;
    this.open();
  }

  /** @param {string} text */
  hear(text) {
    /** @type {Message} */
    let message;
    try {
      message = JSON.parse(text);
    } catch (_) {
      this.ask();
      return;
    }
    this.listen();
    if (message.type === "state") this.begin(message);
    else if (message.stream !== this.stream) this.ask();
    else if (message.type === "patch") this.advance(message);
    else this.beat(message);
  }

  /** @param {StateMessage} message */
  begin(message) {
    this.clock.hear(message.at, message.speed, message.stream !== this.stream);
    this.asked = false;
    this.tries = 0;
    this.version = message.version;
    this.firstVersion = this.firstVersion || message.version;
    this.stream = message.stream;
    this.take(message, /** @type {Views[V]} */ (/** @type {unknown} */ (message.state)));
  }

  /** @param {PatchMessage} message */
  advance(message) {
    if (message.rev !== this.rev + 1) this.ask();
    else if (!this.asked) this.take(message, merge(this.state, message.patch));
  }

  /** @param {BeatMessage} message */
  beat(message) {
    this.clock.hear(message.at, message.speed, false);
    if (message.rev !== this.rev) this.ask();
    else if (this.stale && !this.asked) this.tell();
  }

  /** @param {StateMessage | PatchMessage} message @param {Views[V]} state */
  take(message, state) {
    this.rev = message.rev;
    this.halls = message.halls;
    this.state = state;
    this.tell();
  }

  tell() {
    if (this.stale) {
      this.stale = false;
      if (this.on.onStale) this.on.onStale(false);
    }
    if (this.state) this.on.onState(this.state, this.meta());
  }

  /** @returns {Meta} */
  meta() {
    const { now, version, halls } = this;
    return { now, speed: this.clock.speed, version, outdated: version !== this.firstVersion, halls };
  }

  /** Asks for the full state, once until it comes. */
  ask() {
    if (this.asked || !this.socket || this.socket.readyState !== 1) return;
    this.asked = true;
    this.socket.send('{"type":"again"}');
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.pause);
    clearTimeout(this.silence);
    this.world.page.removeEventListener("online", this.look);
    this.world.page.removeEventListener("pageshow", this.look);
    this.world.document.removeEventListener("visibilitychange", this.look);
    this.drop();
  }
}

/**
 * Watches a subject until `close` is called or the server says that it is gone.
 *
 * @template {keyof Views} V
 * @param {Subject<V>} subject
 * @param {On<V>} on
 * @param {Partial<World>} [world]
 * @returns {{close: () => void, now: () => number}}
 */
export function live(subject, on, world = {}) {
  const whole = { ...theWorld(), ...world };
  const line = new Live(addressOf(subject, whole.base), on, whole);
  return { close: () => line.close(), now: line.now };
}

/** @returns {World} */
function theWorld() {
  return {
    base: new URL("../", import.meta.url).href,
    connect: (address) => new WebSocket(address),
    machine: () => performance.now(),
    random: Math.random,
    page: globalThis,
    document: globalThis.document,
  };
}

/** @param {Subject<keyof Views>} subject @param {string} base */
function addressOf(subject, base) {
  const address = new URL("live", base);
  address.protocol = address.protocol.replace("http", "ws");
  address.searchParams.append("view", subject.view);
  for (const hall of [subject.hall || []].flat()) address.searchParams.append("hall", hall);
  if (subject.board) address.searchParams.append("board", subject.board);
  if (subject.counter) address.searchParams.append("counter", subject.counter);
  if (subject.token) address.searchParams.append("token", subject.token);
  return address.href;
}

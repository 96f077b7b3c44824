/** A world for `live.js`: time that moves when told, sockets that say what a test wants, chance that is chosen. */

/** Time with timers; `pass` moves it on and runs what falls due, in order. */
export class Time {
  constructor() {
    this.at = 0;
    this.next = 1;
    this.timers = new Map();
    this.real = [globalThis.setTimeout, globalThis.clearTimeout];
    globalThis.setTimeout = (act, ms = 0) => {
      this.timers.set(this.next, { act, at: this.at + ms });
      return this.next++;
    };
    globalThis.clearTimeout = (id) => this.timers.delete(id);
  }

  pass(ms) {
    const end = this.at + ms;
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.at = due[1].at;
      due[1].act();
    }
    this.at = end;
  }

  restore() {
    [globalThis.setTimeout, globalThis.clearTimeout] = this.real;
  }
}

/** One end of a line. */
export class Socket {
  constructor(address) {
    this.address = address;
    this.readyState = 1;
    this.sent = [];
    this.closed = false;
    this.onmessage = null;
    this.onclose = null;
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  /** The server speaks. */
  say(message) {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  /** The line breaks, or the server ends it. */
  end(code = 1006) {
    this.onclose?.({ code });
  }
}

/** Everything that `live` asks of its surroundings. */
export class World {
  constructor() {
    this.time = new Time();
    this.sockets = [];
    this.chance = 0.5;
    this.document = Object.assign(new EventTarget(), { hidden: false });
    this.page = new EventTarget();
  }

  get parts() {
    return {
      base: "http://hall.test/",
      connect: (address) => {
        const socket = new Socket(address);
        this.sockets.push(socket);
        return socket;
      },
      machine: () => this.time.at,
      random: () => this.chance,
      page: this.page,
      document: this.document,
    };
  }

  get socket() {
    return this.sockets[this.sockets.length - 1];
  }
}

const AT = "2026-11-24T08:30:00.000Z";

export function stateMessage(state, more = {}) {
  return { type: "state", stream: "s1", rev: 1, halls: { h: 7 }, at: AT, speed: 1, version: "1", state, ...more };
}

export function patchMessage(rev, patch, more = {}) {
  return { type: "patch", stream: "s1", rev, halls: { h: 7 + rev }, at: AT, patch, ...more };
}

export function beatMessage(rev, more = {}) {
  return { type: "beat", stream: "s1", rev, at: AT, speed: 1, ...more };
}

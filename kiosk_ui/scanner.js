/** A hand scanner types like a very fast keyboard: the digits of a booking's code or a key client's, then Enter. */

export const CODE = 6;
const CLIENT = 12;
/** Nobody types two digits so fast; a scanner does not pause so long. */
const PAUSE_MS = 120;

/** Whether a text is a code of a booking or of a key client. @param {string} text */
export function isCode(text) {
  return /^[0-9]+$/.test(text) && (text.length === CODE || text.length === CLIENT);
}

/** Tells a scanned code from what fingers type. */
export class Scanner {
  /** @param {(code: string) => void} scanned */
  constructor(scanned) {
    this.scanned = scanned;
    this.digits = "";
    this.last = 0;
  }

  /** Hears a key at a time in milliseconds; says whether it was the last of a code. @param {string} key @param {number} at */
  hear(key, at) {
    const fast = at - this.last <= PAUSE_MS;
    this.last = at;
    if (/^[0-9]$/.test(key)) {
      this.digits = fast ? this.digits + key : key;
      return false;
    }
    const code = this.digits;
    this.digits = "";
    if (key !== "Enter" || !fast || !isCode(code)) return false;
    this.scanned(code);
    return true;
  }
}

/**
 * Words, numbers and times of a screen, in one language at a time.
 *
 * A catalogue is `/i18n/<language>/<domain>.json`: `{key: text}`, or `{key: {one, few, many, other}}` where
 * the number decides. Placeholders are written `{name}`. The domain `common` always comes along.
 */

import { BASE } from "./base.js";

/** @typedef {Record<string, string>} Text  One text in several languages. */
/** @typedef {Record<string, string | number>} Params */
/** @typedef {Record<string, string | Record<string, string>>} Entries */
/** @typedef {{low: number, mid: number, high: number, about?: boolean}} Estimate  Minutes; `about` while nothing is measured yet. */

/** Locales whose customs differ from the bare language: British days and 24-hour times for English. */
const LOCALES = /** @type {Record<string, string>} */ ({ en: "en-GB" });
const STEP_MINUTES = 5;
const HOURS_FROM_MINUTES = 120;

/**
 * Loads the catalogues of several languages, so that a screen can switch at once.
 *
 * @param {string[]} domains
 * @param {string[]} languages
 * @returns {Promise<Map<string, Words>>}
 */
export async function loadWords(domains, languages) {
  const pairs = await Promise.all(languages.map(async (language) => {
    const parts = await Promise.all(["common", ...domains].map((domain) => entriesOf(language, domain)));
    return /** @type {[string, Words]} */ ([language, new Words(language, Object.assign({}, ...parts))]);
  }));
  return new Map(pairs);
}

/**
 * @param {string} language
 * @param {string} domain
 * @returns {Promise<Entries>}
 */
async function entriesOf(language, domain) {
  const response = await fetch(`${BASE}/i18n/${language}/${domain}.json`);
  if (!response.ok) throw new Error(`catalogue ${language}/${domain}: ${response.status}`);
  return response.json();
}

/**
 * Fills `{name}` placeholders; one that has no value stays as it is, so that a test sees it.
 *
 * @param {string} text
 * @param {Params} params
 */
function fill(text, params) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/** The form that a number asks for, else the one for all others. @param {Record<string, string>} forms @param {string} name */
function formOf(forms, name) {
  return forms[name] || forms.other || "";
}

/** Minutes to the near step, downwards or upwards. @param {number} minutes @param {(n: number) => number} round */
function step(minutes, round) {
  return round(minutes / STEP_MINUTES) * STEP_MINUTES;
}

/** The range as it is said: in steps of five minutes, rounded outwards. @param {Estimate} estimate */
export function saidRange(estimate) {
  const low = step(estimate.low, Math.floor);
  return { low, high: Math.max(step(estimate.high, Math.ceil), low + STEP_MINUTES) };
}

/** One language's words and customs. */
export class Words {
  /**
   * @param {string} language
   * @param {Entries} entries
   * @param {string} [zone] the hall's time zone; set it before formatting times
   */
  constructor(language, entries, zone = "UTC") {
    this.language = language;
    this.locale = LOCALES[language] || language;
    this.entries = entries;
    this.zone = zone;
    this.plural = new Intl.PluralRules(this.locale);
    this.digits = new Intl.NumberFormat(this.locale);
    /** @type {Map<string, Intl.DateTimeFormat>} */
    this.formats = new Map();
  }

  /** @param {string} key */
  has(key) {
    return key in this.entries;
  }

  /**
   * The text of a key; the key itself when the catalogue lacks it.
   *
   * @param {string} key
   * @param {Params} [params]
   */
  t(key, params = {}) {
    const entry = this.entries[key];
    if (entry === undefined) return key;
    return fill(typeof entry === "string" ? entry : formOf(entry, "other"), params);
  }

  /**
   * The text of a key in the form that `n` asks for; `{n}` is the number, written as the language writes it.
   *
   * @param {string} key
   * @param {number} n
   * @param {Params} [params]
   */
  tn(key, n, params = {}) {
    const entry = this.entries[key];
    if (entry === undefined) return key;
    const form = typeof entry === "string" ? entry : formOf(entry, this.plural.select(n));
    return fill(form, { n: this.number(n), ...params });
  }

  /**
   * A text of the office in this language, else in the first one it was given in.
   *
   * @param {Text | undefined} text
   */
  names(text) {
    if (!text) return "";
    return text[this.language] || Object.values(text)[0] || "";
  }

  /** @param {number} n */
  number(n) {
    return this.digits.format(n);
  }

  /** 10:20. @param {string | number | Date} instant */
  time(instant) {
    return this._format("time", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, instant);
  }

  /** Tuesday, 24 November. @param {string | number | Date} instant */
  day(instant) {
    return this._format("day", { weekday: "long", day: "numeric", month: "long" }, instant);
  }

  /** The name of a weekday. @param {number} index Monday is 0 */
  weekday(index) {
    const format = new Intl.DateTimeFormat(this.locale, { weekday: "long", timeZone: "UTC" });
    return format.format(new Date(Date.UTC(2024, 0, 1 + index)));
  }

  /**
   * @param {string} name
   * @param {Intl.DateTimeFormatOptions} options
   * @param {string | number | Date} instant
   */
  _format(name, options, instant) {
    const id = `${name} ${this.zone}`;
    let format = this.formats.get(id);
    if (!format) {
      format = new Intl.DateTimeFormat(this.locale, { ...options, timeZone: this.zone });
      this.formats.set(id, format);
    }
    return format.format(new Date(instant));
  }

  /**
   * An expected wait in words: a range in five-minute steps, never more exact than that; 'about' it while nothing is measured.
   *
   * @param {Estimate | undefined} estimate
   * @param {number} [ahead] people who go before; nobody means 'in a moment'
   */
  wait(estimate, ahead) {
    if (ahead === 0 && (!estimate || estimate.low < STEP_MINUTES)) return this.t("common.wait_soon");
    if (!estimate) return this.t("common.wait_unknown");
    const { low, high } = saidRange(estimate);
    const about = estimate.about ? "_about" : "";
    if (high >= HOURS_FROM_MINUTES) {
      return this.t(`common.wait_long${about}`, { low: this.duration(low), high: this.duration(high) });
    }
    if (low < STEP_MINUTES) return this.t(`common.wait_up_to${about}`, { high: this.number(high) });
    return this.t(`common.wait_range${about}`, { low: this.number(low), high: this.number(high) });
  }

  /** Minutes as '1 h 35 min'. @param {number} minutes */
  duration(minutes) {
    const hours = Math.floor(minutes / 60);
    const rest = Math.round(minutes % 60);
    if (!hours) return this.t("common.minutes_short", { m: rest });
    return rest ? this.t("common.hours_minutes_short", { h: hours, m: rest }) : this.t("common.hours_short", { h: hours });
  }
}

/** Where a call leads, in words, pictures and speech. */

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/i18n.js").Text} Text */
/** @typedef {import("../shared/wire.js").Announcement} Announcement */
/** @typedef {NonNullable<Announcement["direction"]>} Direction */

/** A counter's name; one that is only a number is shown as such, under the word 'counter'. @typedef {{label: string, name: string}} CounterWords */

/** Pictures of `/shared/icons.js`. @type {Record<Direction, string>} */
const ARROWS = { left: "left", right: "right", ahead: "ahead", back: "behind", up: "up", down: "down" };

/** @param {Words} words @param {Text} names @param {string} id @returns {CounterWords} */
export function counterWords(words, names, id) {
  const name = words.names(names) || id;
  return { label: isNumber(name) ? words.t("common.counter") : "", name };
}

/** @param {Direction} direction */
export function arrow(direction) {
  return ARROWS[direction];
}

/** The way there: direction and place, each empty where nothing is known. @param {Words} words @param {{direction?: Direction, place?: Text}} call @returns {[string, string]} */
export function wayWords(words, { direction, place }) {
  return [direction ? words.t(`common.direction_${direction}`) : "", words.names(place)];
}

/** What is said aloud. @param {Words} words @param {Announcement} call */
export function spokenWords(words, call) {
  const name = words.names(call.counter_names) || call.counter;
  const counter = isNumber(name) ? words.t("board.say_counter", { counter: name }) : name;
  return words.t(call.again ? "board.say_again" : "board.say_call", { number: spokenNumber(call.number), counter });
}

/** The letter, then the number as a number: A012 is 'A 12'. @param {string} number */
export function spokenNumber(number) {
  return number.replace(/^(\D*)0*(\d+)$/, (_, letter, digits) => `${letter} ${digits}`.trim());
}

/** @param {string} name */
function isNumber(name) {
  return /^\d+\w?$/.test(name);
}

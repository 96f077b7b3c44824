/** What a hall says in place of calls, or to all. */

import { el } from "../shared/dom.js";
import { icon } from "../shared/icons.js";

/** @typedef {import("../shared/i18n.js").Words} Words */
/** @typedef {import("../shared/wire.js").BoardHall} BoardHall */

/** Why nobody is called. @param {BoardHall["state"]} state @param {string} told the office's notice @param {Words} words */
export function standing(state, told, words) {
  if (state === "closed") return statement(words.t("board.closed"), [told], "clock");
  if (state === "suspended") return statement(words.t("board.suspended"), [told, words.t("board.suspended_hint")], "warning");
  return statement(words.t("board.nobody_called"), [words.t("board.nobody_called_hint"), told]);
}

/** @param {string} title @param {string[]} texts @param {string} [picture] */
function statement(title, texts, picture) {
  return el("div", { class: "statement" },
    picture ? icon(picture) : null,
    el("p", { class: "statement-title" }, title),
    texts.filter(Boolean).map((text) => el("p", { class: "statement-text" }, text)));
}

/** Each hall's state and notice in a line. @param {BoardHall[]} halls @param {boolean} alone whether no other is shown @param {Words} words */
export function notices(halls, alone, words) {
  return halls.map((hall) => {
    const urgent = hall.state === "suspended";
    const texts = [alone ? "" : words.names(hall.names), hall.state === "open" ? "" : words.t(`board.${hall.state}`), words.names(hall.notice)];
    return el("p", { class: urgent ? "notice notice-warn" : "notice" }, icon(urgent ? "warning" : "info"),
      el("span", {}, texts.filter(Boolean).join(" · ")));
  });
}

/** What the clerk's view means: who is here, who is next, what may be done. Pure functions. */

/** @typedef {import("../shared/wire.js").ClerkView} ClerkView */
/** @typedef {import("../shared/wire.js").ClerkTicket} ClerkTicket */
/** @typedef {ClerkTicket & {id: string}} Ticket */
/** @typedef {"next" | "start" | "finish" | "resume_work"} Primary */
/** @typedef {"finish_next" | "finish_other" | "recall" | "no_show" | "requeue" | "park" | "transfer" | "pause" | "close" | "undo"} Act */
/** @typedef {"ok" | "soon" | "late" | "not_due"} Standing */

const MINUTE = 60_000;
const NEAR_SHARE = 0.75;

/** Acts beside the primary one, in the order in which their buttons stand. @type {Act[]} */
export const ACTS = ["recall", "no_show", "requeue", "finish_next", "finish_other", "park", "transfer"];

/** Acts that have a letter. @type {Act[]} */
export const LETTERED = [...ACTS, "pause", "close", "undo"];

/** @param {ClerkView} view @returns {Ticket[]} */
function all(view) {
  return Object.entries(view.tickets).map(([id, ticket]) => ({ ...ticket, id }));
}

/** The ticket at this counter. @param {ClerkView} view @returns {Ticket | undefined} */
export function mine(view) {
  const id = view.counter.ticket;
  return id && view.tickets[id] ? { ...view.tickets[id], id } : undefined;
}

/** Who waits for this counter, in the order of the rule, and who waits for others. @param {ClerkView} view */
export function line(view) {
  const waiting = all(view).filter((ticket) => ticket.state === "waiting");
  return {
    ranked: waiting.filter((ticket) => ticket.rank !== undefined).sort((a, b) => Number(a.rank) - Number(b.rank)),
    others: waiting.filter((ticket) => ticket.rank === undefined).sort((a, b) => a.issued.localeCompare(b.issued)),
  };
}

/** @param {ClerkView} view @param {"parked" | "missed"} state */
export function aside(view, state) {
  return all(view)
    .filter((ticket) => ticket.state === state)
    .sort((a, b) => b.since.localeCompare(a.since));
}

/** The next sensible act. @param {ClerkView} view @returns {Primary} */
export function primary(view) {
  if (view.counter.state === "paused") return "resume_work";
  const ticket = mine(view);
  if (!ticket) return "next";
  return ticket.state === "called" ? "start" : "finish";
}

/** Seconds for which the last act can still be taken back. @param {ClerkView} view @param {number} now */
export function undoSeconds({ counter: { undo } }, now) {
  return undo ? Math.max(0, Math.ceil((Date.parse(undo.until) - now) / 1000)) : 0;
}

/** The acts that the present state allows. @param {ClerkView} view @param {number} now @returns {Set<Act>} */
export function allowed(view, now) {
  /** @type {Set<Act>} */
  const acts = new Set();
  const ticket = mine(view);
  if (undoSeconds(view, now)) acts.add("undo");
  if (!ticket) {
    acts.add("close");
    if (view.counter.state === "open") acts.add("pause");
  } else if (ticket.state === "called") {
    acts.add("no_show");
    if (ticket.calls < view.hall.max_calls) acts.add("recall").add("requeue");
  } else {
    acts.add("finish_other").add("park").add("transfer");
    if (view.hall.state !== "suspended") acts.add("finish_next");
  }
  return acts;
}

/** Whether somebody may be called now, by hand or from those set aside. @param {ClerkView} view */
export function mayCall(view) {
  return view.counter.state === "open" && !mine(view) && view.hall.state !== "suspended";
}

/** Whole minutes between an instant and now, never below 0. @param {string} since @param {number} now */
export function minutesSince(since, now) {
  return Math.max(0, Math.floor((now - Date.parse(since)) / MINUTE));
}

/** How long this visit has been served, all spells together, in minutes. @param {Ticket} ticket @param {number} now */
export function served(ticket, now) {
  const spell = ticket.started_at ? Math.max(0, now - Date.parse(ticket.started_at)) : 0;
  return (ticket.served_seconds * 1000 + spell) / MINUTE;
}

/** A wait against the promise, or the target. @param {Ticket} ticket @param {number} now @returns {Standing} */
export function standing(ticket, now) {
  const from = Date.parse(ticket.ref);
  const until = Date.parse(ticket.late_at);
  if (now < from) return "not_due";
  if (now >= until) return "late";
  return now - from >= NEAR_SHARE * (until - from) ? "soon" : "ok";
}

/**
 * What a waiting ticket stands at now, as a catalogue key: the minutes and points are filled in here,
 * so that the view need not change each minute.
 *
 * @param {{params: Readonly<Record<string, string | number>>}} why
 * @param {number} now
 * @param {(instant: string) => string} time
 * @returns {{code: string, n: number, params: Record<string, string | number>}}
 */
export function standsAt(why, now, time) {
  const { ref, rate = 1, head = 0, guard = Infinity, booked, not_before: notBefore } = why.params;
  const waited = minutesSince(String(ref), now);
  const n = Math.round(Number(head) + Number(rate) * waited);
  /** @type {Record<string, string | number>} */
  const params = { waited, rate, head, guard, time: booked ? time(String(booked)) : "" };
  /** @param {string} code */
  const reason = (code) => ({ code: `desk.why.now_${code}`, n, params });
  if (notBefore && Date.parse(String(notBefore)) > now) {
    params.time = time(String(notBefore));
    return reason("not_before");
  }
  if (Date.parse(String(ref)) > now) return reason("early");
  if (now - Date.parse(String(ref)) > Number(guard) * MINUTE) return reason("guarded");
  const form = Number(head) ? "sum" : Number(rate) === 1 ? "plain" : "rate";
  return reason(`${booked ? "booked" : "waited"}_${form}`);
}

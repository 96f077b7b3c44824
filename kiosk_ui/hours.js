/** Opening hours, for a kiosk that is cut off and must judge by itself. */

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Whether a moment lies in the hall's hours of that weekday.
 *
 * @param {import("./feed.js").Hours} hours local times "HH:MM"
 * @param {string} zone
 * @param {number | Date} at
 */
export function isOpen(hours, zone, at) {
  const { day, clock } = local(zone, at);
  return (hours.week[day] || []).some((span) => span.opens.slice(0, 5) <= clock && clock < span.closes.slice(0, 5));
}

/** @param {string} zone @param {number | Date} at @returns {{day: string, clock: string}} */
function local(zone, at) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const part = (/** @type {string} */ type) => format.formatToParts(at).find((one) => one.type === type)?.value || "";
  const index = DAYS.indexOf(part("weekday").toLowerCase());
  return { day: DAYS[index] || "", clock: `${part("hour")}:${part("minute")}` };
}

/** A code that is held before the scanner or the camera: whose it is, and whether it is wanted now. */

import { CODE } from "./scanner.js";
import { BookedScreen, waysOf } from "./screens/booked.js";
import { CameraScreen } from "./screens/camera.js";

/** @typedef {import("./screen.js").Screen} Screen */

/**
 * What a code would be typed as; null where it means nothing on this screen or in this hall.
 *
 * @param {string} code
 * @param {Screen} screen
 * @param {import("./feed.js").Hall} hall
 * @returns {"code" | "client" | null}
 */
export function wayOf(code, screen, hall) {
  const by = code.length === CODE ? "code" : "client";
  const wanted = screen.start || screen instanceof CameraScreen || asksForOther(screen, by);
  return wanted && waysOf(hall).includes(by) ? by : null;
}

/** Whether a keypad waits for a code of the other kind; its digits are there already. @param {Screen} screen @param {string} by */
function asksForOther(screen, by) {
  return screen instanceof BookedScreen && !screen.busy && screen.by !== by && (screen.by === "code" || screen.by === "client");
}

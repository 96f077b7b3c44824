/** Line pictures on a 24-unit square. Each only repeats what a word beside it says. */

const SVG = "http://www.w3.org/2000/svg";

const RING = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z";

/** Outlines by name; an office names one of these for a service group. */
const PATHS = /** @type {Record<string, string>} */ ({
  // Acts
  back: "M15 5l-7 7 7 7",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5",
  restart: "M5 12a7 7 0 1 0 2.3-5.2M5 4v4.5h4.5",
  text: "M2.5 19L8.5 5l6 14M4.6 14h7.8M15 19l3.2-8 3.3 8M16.2 16h4",
  contrast: `${RING}M12 3v18M12 7h5.5M12 11h8M12 15h7.5M12 19h4`,
  dark: "M19.5 14.5A8.3 8.3 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  lower: "M12 3v13M6.5 10.5L12 16l5.5-5.5M5 20.5h14",
  "down-small": "M6 9l6 6 6-6",
  check: "M5 12.5l5 5L19.5 7",
  erase: "M9 5h11.5v14H9l-6.5-7zM12 9.5l5 5M17 9.5l-5 5",
  camera: "M3 7h4l1.5-2.5h7L17 7h4v12.5H3zM12 16.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4z",
  printer: "M7 9V3.5h10V9M7 17H3.5V9h17v8H17M7 14h10v6.5H7zM16.8 11.5h.4",
  message: "M3.5 5h17v11.5H11L6.5 20.5v-4h-3zM8 9.5h8M8 12.7h5",
  headphones: "M4 14v-2a8 8 0 0 1 16 0v2M4 14h3.5v6H6a2 2 0 0 1-2-2zM20 14h-3.5v6H18a2 2 0 0 0 2-2z",
  louder: "M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 12h6M18.5 9v6",
  quieter: "M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 12h6",
  slower: "M12 6l-7 6 7 6zM19 6l-7 6 7 6z",
  faster: "M5 6l7 6-7 6zM12 6l7 6-7 6z",
  // Signs
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-4 2.9-6 6.5-6s6.1 2 6.5 6M16 4.5a3.2 3.2 0 0 1 0 6M18 14.5c2 .8 3.2 2.6 3.5 5.5",
  clock: `${RING}M12 7v5l3.5 2`,
  info: `${RING}M12 11v6M12 7.2v.3`,
  warning: "M12 4L2.5 20h19zM12 10v4.5M12 17.2v.3",
  star: "M12 3.5l2.6 5.3 5.9.9-4.3 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8L3.5 9.7l5.9-.9z",
  phone: "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2",
  muted: "M4 9.5v5h3.5L12 18V6L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
  // Ways
  right: "M3.5 12h17M13.5 5l7 7-7 7",
  left: "M20.5 12h-17M10.5 5l-7 7 7 7",
  ahead: "M12 20.5v-17M5 10.5l7-7 7 7",
  behind: "M6 20V9.5a5 5 0 0 1 10 0V19M11.5 14.5L16 19l4.5-4.5",
  up: "M5.5 18.5l13-13M8.5 5.5h10v10",
  down: "M5.5 5.5l13 13M18.5 8.5v10h-10",
  // Matters
  "id-card": "M3 5.5h18v13H3zM8 11.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM5.5 15.8c.3-1.6 1.2-2.3 2.5-2.3s2.2.7 2.5 2.3M13.5 9.5h5M13.5 13.5h5",
  car: "M3.5 17v-4.5L6 6.5h12l2.5 6V17zM3.5 12.5h17M6 17v2.5M18 17v2.5M7 14.8h1.5M15.5 14.8H17",
  document: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  heart: "M12 20s-8-4.8-8-10.5A4.4 4.4 0 0 1 12 7a4.4 4.4 0 0 1 8 2.5C20 15.2 12 20 12 20z",
  coins: "M4 7c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3zM4 7v5c0 1.7 3.6 3 8 3s8-1.3 8-3V7M4 12v5c0 1.7 3.6 3 8 3s8-1.3 8-3v-5",
  home: "M3.5 11.5L12 4l8.5 7.5M6 9.5V20h12V9.5M10 20v-6h4v6",
  briefcase: "M3 8h18v12H3zM9 8V4.5h6V8M3 13h18",
  building: "M4 20.5h16M5 9h14L12 4zM6.5 9v8.5M10.2 9v8.5M13.8 9v8.5M17.5 9v8.5M5 17.5h14",
  wheel: `${RING}M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM10 12H3.2M14 12h6.8M12 14v7`,
});

/** What else people call the same picture. */
const ALIASES = /** @type {Record<string, string>} */ ({
  id: "id-card",
  card: "id-card",
  passport: "id-card",
  vehicle: "car",
  vehicles: "car",
  licence: "wheel",
  driving: "wheel",
  "driving-licence": "wheel",
  family: "heart",
  civil: "heart",
  rings: "heart",
  tax: "coins",
  taxes: "coins",
  money: "coins",
  business: "briefcase",
  property: "home",
  house: "home",
  office: "building",
  file: "document",
  information: "info",
});

/** @param {string} name */
export function hasIcon(name) {
  return name in PATHS || name in ALIASES;
}

/**
 * A picture as an element; assistive technology passes over it.
 *
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("viewBox", "0 0 24 24");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] || PATHS[ALIASES[name] || ""] || "");
  svg.append(path);
  return svg;
}

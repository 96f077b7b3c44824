/** Screens import what they share from `../shared/`, where it is served; here it is found in its own folder. */

import { register } from "node:module";

const SHARED = new URL("../../qms/web/shared/", import.meta.url).href;

register(`data:text/javascript,${encodeURIComponent(`
  export const resolve = (name, context, next) =>
    next(name.startsWith("../shared/") ? ${JSON.stringify(SHARED)} + name.slice("../shared/".length) : name, context);
`)}`);

/** Where the server is shown: `""` at the root of a host, `"/qms"` behind a proxy that shows it there. */

/** Everything is served beside the folder of this module. */
export const BASE = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

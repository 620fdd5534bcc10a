/** Who is let in: the page itself, and programs; not other sites in the visitor's browser. */

/** Names under which a browser on this computer reaches a server of its own. */
const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

/** The name in a `Host`, without the port. */
export function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

/** How an address is written as a name in a `Host`. */
export function nameOfAddress(address: string): string {
  const short = address.replace(/^::ffff:(?=[\d.]+$)/, "");
  return short.includes(":") ? `[${short}]` : short;
}

/**
 * Why a request is refused; undefined where it is not.
 *
 * It must come by a name of this server: another site could have its own name lead here (DNS
 * rebinding) and would then count as the same origin. `Origin` is sent by browsers for every request
 * that another site makes with a body or a script.
 *
 * @param names that are this server's beside those of this computer, as `nameOf` gives them
 */
export function refusal(request: Request, names: readonly string[]): string | undefined {
  const host = request.headers.get("host") ?? "";
  const name = nameOf(host);
  if (![...LOCAL, ...names].includes(name)) {
    return `this server does not answer to the name ${
      JSON.stringify(name)
    }: if it is yours, start ` +
      `the server with --allow-host ${name || "NAME"}`;
  }
  const origin = request.headers.get("origin");
  if (origin !== null && originHost(origin) !== host.toLowerCase()) {
    return `requests from the page ${JSON.stringify(origin)} are refused`;
  }
  const site = request.headers.get("sec-fetch-site");
  const isNavigation = request.headers.get("sec-fetch-mode") === "navigate" &&
    request.method === "GET";
  if (site !== null && !["same-origin", "none"].includes(site) && !isNavigation) {
    return "requests from other sites are refused";
  }
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

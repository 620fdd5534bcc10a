/** Who is let in: the page itself, and programs; not other sites in the visitor's browser. */

/** Names under which a browser on this computer reaches a server that listens to it alone. */
const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

const isLoopback = (host: string) => host === "localhost" || host === "::1" || /^127\./.test(host);

/**
 * Why a request is refused; undefined where it is not.
 *
 * A server that listens to this computer alone takes requests by its own names only: another site
 * could have its name lead here (DNS rebinding) and would then count as the same origin. `Origin` is
 * sent by browsers for every request that another site makes with a body or a script.
 *
 * @param bound what the server listens to
 */
export function refusal(request: Request, bound: string): string | undefined {
  const host = request.headers.get("host") ?? "";
  const name = host.replace(/:\d+$/, "");
  if (isLoopback(bound) && !LOCAL.includes(name)) {
    return `this server answers to localhost only, not to ${JSON.stringify(name)}`;
  }
  const origin = request.headers.get("origin");
  if (origin !== null && originHost(origin) !== host) {
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

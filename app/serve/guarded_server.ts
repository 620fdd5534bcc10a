/** A server that lets in its own pages and programs alone, with limits for all of them. */
import { nameOf, nameOfAddress, refusal } from "./guard.ts";
import { type HttpLimits, type HttpServer, serveHttp, type Visitor } from "./http_server.ts";
import { failure } from "./responses.ts";

export interface GuardedOptions {
  /** A name or an address of this computer; 127.0.0.1 hides from all others. */
  hostname: string;
  /** 0 takes any that is free. */
  port: number;
  /** Names by which it may be asked, beside those of this computer and the address itself. */
  allowedHosts?: readonly string[];
  /** Sent with everything that has none of its own. */
  headers: Readonly<Record<string, string>>;
  http?: Partial<HttpLimits>;
  /** Ends it. */
  signal: AbortSignal;
}

const HTTP: HttpLimits = {
  headersPatience: 10_000,
  requestPatience: 40_000,
  idlePatience: 60_000,
  connections: 512,
  connectionsOfAddress: 128,
};

/** @throws {Error} where the port is taken */
export function serveGuarded(
  { hostname, port, allowedHosts = [], headers, http, signal }: GuardedOptions,
  answer: (request: Request, visitor: Visitor) => Promise<Response>,
): Promise<HttpServer> {
  const names = [nameOfAddress(hostname), ...allowedHosts.map(nameOf)];
  const limits = { ...HTTP, ...http };
  return serveHttp({ hostname, port, limits, signal }, async (request, visitor) => {
    const refused = refusal(request, [...names, visitor.by]);
    const response = refused ? failure(403, refused) : await answer(request, visitor);
    for (const [name, value] of Object.entries(headers)) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    return response;
  });
}

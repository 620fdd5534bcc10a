/**
 * HTTP for strangers, by `node:http`: it ends senders who take too long over their headers, which
 * `Deno.serve` waits for, and shows connections, which are counted by address.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { nameOfAddress } from "./guard.ts";
import { GoneError } from "./refusals.ts";
import type { Sender } from "./stage.ts";

export interface HttpLimits {
  /** Milliseconds in which a request's headers must have come. */
  headersPatience: number;
  /** Milliseconds in which a whole request must have come. */
  requestPatience: number;
  /** Milliseconds in which nothing happens on a connection, before it is closed. */
  idlePatience: number;
  connections: number;
  connectionsOfAddress: number;
}

/** Who asks, and by which of this computer's addresses they came, as a name in `Host`. */
export interface Visitor extends Sender {
  by: string;
}

export interface HttpServer {
  addr: { hostname: string; port: number };
  /** Settles when the server has ended. */
  finished: Promise<void>;
}

/** How often connections are looked at. */
const INTERVAL_MS = 500;
/** Whoever is refused before all is sent may send on for so long, to see the answer. */
const FAREWELL_MS = 1000;

/**
 * Serves until the signal is given.
 * @throws {Error} where the port cannot be had
 */
export async function serveHttp(
  { hostname, port, limits, signal }: {
    hostname: string;
    port: number;
    limits: HttpLimits;
    signal: AbortSignal;
  },
  handle: (request: Request, visitor: Visitor) => Promise<Response>,
): Promise<HttpServer> {
  const options = {
    headersTimeout: limits.headersPatience,
    requestTimeout: limits.requestPatience,
    keepAliveTimeout: Math.min(limits.idlePatience, limits.headersPatience),
    connectionsCheckingInterval: Math.min(INTERVAL_MS, limits.headersPatience),
  };
  const server = createServer(options, (incoming, outgoing) => {
    // Whatever goes wrong here ends this connection alone.
    respond(incoming, outgoing, handle).catch(() => incoming.socket.destroy());
  });
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idlePatience, (socket: Socket) => socket.destroy());
  const sockets = new Set<Socket>();
  const ofAddress = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = (by: 1 | -1) => ofAddress.set(address, (ofAddress.get(address) ?? 0) + by);
    count(1);
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      count(-1);
      if (ofAddress.get(address) === 0) ofAddress.delete(address);
    });
    if (ofAddress.get(address)! > limits.connectionsOfAddress) {
      socket.end(rawAnswer("503 Service Unavailable", "Retry-After: 1\r\n"));
    }
  });
  server.on("clientError", (error: Error & { code?: string }, socket: Socket) => {
    const isLate = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
    if (socket.writable) {
      socket.end(rawAnswer(isLate ? "408 Request Timeout" : "400 Bad Request"));
    }
    setTimeout(() => socket.destroy(), isLate ? 0 : FAREWELL_MS);
  });
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  server.on("close", resolve);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, resolve);
  });
  const end = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const { port: taken } = server.address() as { port: number };
  return { addr: { hostname, port: taken }, finished };
}

function rawAnswer(status: string, headers = ""): string {
  return `HTTP/1.1 ${status}\r\n${headers}Connection: close\r\nContent-Length: 0\r\n\r\n`;
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (request: Request, visitor: Visitor) => Promise<Response>,
): Promise<void> {
  const { remoteAddress = "", localAddress = "" } = incoming.socket;
  const gone = new AbortController();
  incoming.on("error", () => {});
  outgoing.on("error", () => {});
  outgoing.on("close", () => gone.abort(new GoneError("the sender is gone")));
  const request = requestOf(incoming);
  const by = nameOfAddress(localAddress);
  const response = request
    ? await handle(request, { address: remoteAddress, signal: gone.signal, by })
    : Response.json({ error: "the request cannot be understood" }, { status: 400 });
  if (gone.signal.aborted) return;
  const body = new Uint8Array(await response.arrayBuffer());
  const isWhole = incoming.complete;
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  if (!response.headers.has("content-length")) outgoing.setHeader("content-length", body.length);
  if (!isWhole) outgoing.setHeader("connection", "close");
  outgoing.writeHead(response.status);
  outgoing.end(body);
  if (!isWhole) {
    incoming.removeAllListeners("data").resume();
    setTimeout(() => incoming.socket.destroy(), FAREWELL_MS);
  }
}

/** Undefined where it is none that fetch knows. */
function requestOf(incoming: IncomingMessage): Request | undefined {
  const { method = "", url = "", rawHeaders } = incoming;
  if (!url.startsWith("/")) return undefined;
  try {
    const headers = new Headers();
    for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i], rawHeaders[i + 1]);
    const hasBody = !["GET", "HEAD"].includes(method);
    const body = hasBody ? bodyOf(incoming) : undefined;
    return new Request(`http://localhost${url}`, { method, headers, body });
  } catch {
    return undefined;
  }
}

/** Unlike node's own stream, one that is given up leaves the connection open for the answer. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isOver = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      const over = (end: () => void) => () => {
        if (!isOver) end();
        isOver = true;
      };
      incoming.on("data", (part: Uint8Array) => {
        if (isOver) return;
        controller.enqueue(new Uint8Array(part));
        if (controller.desiredSize! <= 0) incoming.pause();
      });
      incoming.on("end", over(() => controller.close()));
      incoming.on("close", over(() => controller.error(new GoneError("the sender is gone"))));
      incoming.pause();
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      isOver = true;
      incoming.pause();
    },
  }, { highWaterMark: 1 << 18, size: (part) => part!.length });
}

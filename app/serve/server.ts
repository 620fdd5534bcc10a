/** Serves the page's files, and predictions for programs. Nothing on the disk can be reached by it. */
import { refusal } from "./guard.ts";
import { BodyError, readPhoto } from "./read_body.ts";

/** A photo that cannot be used; any other error is the server's fault. */
export class PhotoError extends Error {}

export interface ServerOptions {
  /** A name or an address of this computer; 127.0.0.1 hides from all others. */
  hostname: string;
  /** 0 takes any that is free. */
  port: number;
  /** By name, as `index.html`. */
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Sent with everything. */
  headers: Readonly<Record<string, string>>;
  /** Served at /openapi.json. */
  description: unknown;
  /** @throws {PhotoError} where the bytes are no photo */
  predict: (photo: Uint8Array<ArrayBuffer>, top: number) => Promise<unknown>;
  /** Bytes that a photo may have. */
  limit?: number;
  /** Photos that may wait. */
  waiting?: number;
  /** Milliseconds in which a photo must have come. */
  patience?: number;
}

export const LIMIT = 32 << 20;
const WAITING = 16;
const PATIENCE_MS = 30_000;
const TOP = 5;

const MEDIA_TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  wasm: "application/wasm",
};

/**
 * Serves until the signal is given.
 *
 * Permissions: net for the host and port.
 *
 * @throws {Deno.errors.AddrInUse} where the port is taken
 */
export function startServer(
  options: ServerOptions,
  signal: AbortSignal,
): Deno.HttpServer<Deno.NetAddr> {
  const { hostname, port } = options;
  const predictions = new Predictions(options);
  return Deno.serve({ hostname, port, signal, onListen: () => {} }, async (request) => {
    const response = await answer(request, options, predictions);
    for (const [name, value] of Object.entries(options.headers)) response.headers.set(name, value);
    return response;
  });
}

async function answer(
  request: Request,
  { hostname, files, description }: ServerOptions,
  predictions: Predictions,
): Promise<Response> {
  const refused = refusal(request, hostname);
  if (refused) return failure(403, refused);
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/predict") {
    if (request.method !== "POST") return failure(405, "send a photo by POST", { allow: "POST" });
    return await predictions.answer(request, searchParams.get("top"));
  }
  if (!["GET", "HEAD"].includes(request.method)) {
    return failure(405, "only /predict takes this method", { allow: "GET, HEAD" });
  }
  if (pathname === "/openapi.json") return Response.json(description);
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  const file = files.get(name);
  if (!file) return failure(404, "there is no such file");
  const type = MEDIA_TYPES[name.split(".").at(-1)!] ?? "application/octet-stream";
  return new Response(request.method === "HEAD" ? null : file, {
    headers: {
      "content-type": type,
      "content-length": String(file.length),
      "cache-control": "no-cache",
    },
  });
}

function failure(status: number, error: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers });
}

/** One photo after the other: each takes every core. */
class Predictions {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(private readonly options: ServerOptions) {}

  async answer(request: Request, topText: string | null): Promise<Response> {
    const { limit = LIMIT, waiting = WAITING, patience = PATIENCE_MS } = this.options;
    const top = Number(topText ?? TOP);
    if (!Number.isSafeInteger(top) || top < 1) {
      return failure(400, "top takes a whole number from 1 on");
    }
    if (this.#waiting >= waiting) {
      return failure(503, "too many photos are waiting: try again", { "retry-after": "1" });
    }
    this.#waiting++;
    try {
      const photo = await readPhoto(request, limit, patience);
      return Response.json(await this.#inTurn(() => this.options.predict(photo, top)));
    } catch (error) {
      if (error instanceof BodyError) return failure(error.status, error.message);
      if (error instanceof PhotoError) return failure(400, error.message);
      console.error(error);
      return failure(500, "the server could not answer; its own messages say why");
    } finally {
      this.#waiting--;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

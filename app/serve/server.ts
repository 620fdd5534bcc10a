/**
 * Serves the page's files, and predictions for programs. Nothing on the disk can be reached by it, but
 * where photos are kept for a review.
 */
import { serveGuarded } from "./guarded_server.ts";
import type { HttpLimits, HttpServer, Visitor } from "./http_server.ts";
import { failure, fileResponse } from "./responses.ts";
import { Memory } from "./memory.ts";
import { notFound } from "./not_found.ts";
import { BodyError, readPhoto } from "./read_body.ts";
import { BusyError, GoneError, PhotoError } from "./refusals.ts";
import type { Sender } from "./stage.ts";

export interface ServerOptions {
  /** A name or an address of this computer; 127.0.0.1 hides from all others. */
  hostname: string;
  /** 0 takes any that is free. */
  port: number;
  /** Names by which it may be asked, beside those of this computer and the address itself. */
  allowedHosts?: readonly string[];
  /** By name, as `index.html`. */
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Sent with everything. */
  headers: Readonly<Record<string, string>>;
  /** Served at /openapi.json. */
  description: unknown;
  /**
   * @throws {PhotoError} where the bytes are no photo
   * @throws {BusyError} where too many wait
   */
  predict: (photo: Uint8Array<ArrayBuffer>, top: number, sender: Sender) => Promise<unknown>;
  /**
   * Keeps a photo that the model was wrong about, as somebody says; nobody may say so where it is left
   * out.
   * @throws {PhotoError} where it is not kept
   */
  report?: (photo: Uint8Array<ArrayBuffer>, said: Said, sender: Sender) => Promise<void>;
  /** Bytes that a photo may have. */
  limit?: number;
  /** Milliseconds in which a photo must have come. */
  patience?: number;
  http?: Partial<HttpLimits>;
}

/** What somebody says a photo is, and what the model had said. */
export interface Said {
  label: string;
  predicted: string | null;
}

export const LIMIT = 32 << 20;
const PATIENCE_MS = 30_000;
const TOP = 5;
/** Of photos that are here at a time, in bytes. */
const MEMORY = 512 << 20;
const MEMORY_OF_SENDER = 256 << 20;

/**
 * Serves until the signal is given.
 *
 * Permissions: net for the host and port.
 *
 * @throws {Error} where the port is taken
 */
export function startServer(options: ServerOptions, signal: AbortSignal): Promise<HttpServer> {
  const { hostname, port, allowedHosts, headers, http } = options;
  const predictions = new Predictions(options);
  return serveGuarded(
    { hostname, port, allowedHosts, headers, http, signal },
    (request, visitor) => answer(request, options, predictions, visitor),
  );
}

async function answer(
  request: Request,
  { files, description, report }: ServerOptions,
  predictions: Predictions,
  visitor: Visitor,
): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/predict") {
    if (request.method !== "POST") return failure(405, "send a photo by POST", { allow: "POST" });
    return await predictions.answer(request, searchParams.get("top"), visitor);
  }
  if (pathname === "/wrong" && report) {
    if (request.method !== "POST") return failure(405, "send a photo by POST", { allow: "POST" });
    // What is kept is written: no form of another site can send such a header.
    if (request.headers.get("x-graft-review") !== "1") {
      return failure(403, "say that you mean it by the header x-graft-review: 1");
    }
    const [label, predicted] = ["label", "predicted"].map((name) => searchParams.get(name));
    if (label === null) return failure(400, "say what it is: /wrong?label=CLASS");
    return await predictions.keep(request, { label, predicted }, visitor);
  }
  if (!["GET", "HEAD"].includes(request.method)) {
    return failure(405, "only /predict takes this method", { allow: "GET, HEAD" });
  }
  if (pathname === "/openapi.json") return Response.json(description);
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  const file = files.get(name);
  if (!file) return notFound(request) ?? failure(404, "there is no such file");
  return fileResponse(request, name, file);
}

class Predictions {
  readonly #memory = new Memory(MEMORY, MEMORY_OF_SENDER);

  constructor(private readonly options: ServerOptions) {}

  async answer(request: Request, topText: string | null, sender: Sender): Promise<Response> {
    const top = Number(topText ?? TOP);
    if (!Number.isSafeInteger(top) || top < 1) {
      return failure(400, "top takes a whole number from 1 on");
    }
    return await this.#withPhoto(
      request,
      sender,
      async (photo) => Response.json(await this.options.predict(photo, top, sender)),
    );
  }

  async keep(request: Request, said: Said, sender: Sender): Promise<Response> {
    return await this.#withPhoto(request, sender, async (photo) => {
      await this.options.report!(photo, said, sender);
      return Response.json({ kept: true });
    });
  }

  async #withPhoto(
    request: Request,
    sender: Sender,
    use: (photo: Uint8Array<ArrayBuffer>) => Promise<Response>,
  ): Promise<Response> {
    const { limit = LIMIT, patience = PATIENCE_MS } = this.options;
    using held = this.#memory.hold(sender.address);
    try {
      const hold = (bytes: number) => held.add(bytes);
      return await use(await readPhoto(request, { limit, patience, hold }));
    } catch (error) {
      if (error instanceof BodyError) return failure(error.status, error.message);
      if (error instanceof PhotoError) return failure(400, error.message);
      if (error instanceof BusyError) return failure(503, error.message, { "retry-after": "1" });
      // Strangers who come and go must not fill a log.
      if (!(error instanceof GoneError)) console.error(error);
      return failure(500, "the server could not answer; its own messages say why");
    }
  }
}

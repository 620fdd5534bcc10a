/** Serves the review's page to this computer alone, and keeps what is decided there. */
import * as v from "valibot";
import { serveGuarded } from "../serve/guarded_server.ts";
import type { HttpServer } from "../serve/http_server.ts";
import { BodyError, readBytes } from "../serve/read_body.ts";
import { failure, fileResponse } from "../serve/responses.ts";
import { SECURITY_HEADERS } from "../page/security_headers.ts";
import { DecisionError, type Review } from "./review_state.ts";

export interface ReviewServerOptions {
  /** 0 takes any that is free. */
  port: number;
  /** By name, as `index.html`. */
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  review: Pick<Review, "state" | "decide" | "undo">;
  /** A PNG of a photo; undefined where there is none. */
  picture: (id: number) => Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** Nobody else decides on these photos. */
export const HOST = "127.0.0.1";
const PATIENCE_MS = 20_000;
/** Of a decision, in bytes: of a group of ten thousand photos. */
const LARGEST = 1 << 20;

const Body = v.strictObject({
  photos: v.pipe(
    v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    v.minLength(1),
  ),
  decision: v.picklist(["keep", "move", "set aside"]),
  class: v.optional(v.string()),
});

/**
 * Serves until the signal is given. Other sites in the visitor's browser are refused as `serve` does.
 *
 * Permissions: net for the port.
 *
 * @throws {Error} where the port is taken
 */
export function startReviewServer(
  options: ReviewServerOptions,
  signal: AbortSignal,
): Promise<HttpServer> {
  const guarded = { hostname: HOST, port: options.port, headers: SECURITY_HEADERS, signal };
  return serveGuarded(guarded, (request) => answer(request, options));
}

async function answer(request: Request, options: ReviewServerOptions): Promise<Response> {
  const { pathname } = new URL(request.url);
  try {
    if (pathname === "/decide" || pathname === "/undo") {
      if (request.method !== "POST") return failure(405, "only by POST", { allow: "POST" });
      return await decide(request, pathname, options.review);
    }
    if (!["GET", "HEAD"].includes(request.method)) {
      return failure(405, "only /decide and /undo take this method", { allow: "GET, HEAD" });
    }
    if (pathname === "/state.json") {
      return Response.json(await options.review.state(), {
        headers: { "cache-control": "no-store" },
      });
    }
    const [, id] = /^\/photo\/(\d{1,9})\.png$/.exec(pathname) ?? [];
    if (id !== undefined) return await picture(Number(id), options);
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    const file = options.files.get(name);
    if (!file) return failure(404, "there is no such file");
    return fileResponse(request, name, file);
  } catch (error) {
    if (error instanceof BodyError) return failure(error.status, error.message);
    if (error instanceof DecisionError) return failure(400, error.message);
    // A journal that somebody edited, or a disk that is full: whoever looks at the page can mend it.
    return failure(500, (error as Error).message);
  }
}

async function decide(
  request: Request,
  pathname: string,
  review: ReviewServerOptions["review"],
): Promise<Response> {
  const limits = { limit: LARGEST, patience: PATIENCE_MS, hold: () => {} };
  const bytes = await readBytes(request, limits, "decision");
  if (pathname === "/undo") return Response.json(await review.undo());
  const [type] = (request.headers.get("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    return failure(415, "a decision is JSON (content-type: application/json)");
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return failure(400, "the decision is no JSON");
  }
  const { issues, output } = v.safeParse(Body, json);
  if (issues) {
    return failure(
      400,
      `the decision is none: ${v.getDotPath(issues[0]) ?? ""} ${issues[0].message}`,
    );
  }
  return Response.json(await review.decide(output));
}

async function picture(id: number, { picture }: ReviewServerOptions): Promise<Response> {
  const png = await picture(id);
  if (!png) return failure(404, "there is no such photo, or it cannot be shown");
  // The address holds which review it is of.
  const headers = { "content-type": "image/png", "cache-control": "private, max-age=3600" };
  return new Response(png, { headers });
}

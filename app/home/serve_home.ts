import type { Program } from "../cli/application.ts";
import { serveGuarded } from "../serve/guarded_server.ts";
import { HOME_HEADERS, type HomeContext, HomeSite } from "./home_site.ts";

/** Nobody else is meant to see photos and runs; who works on a computer far away has `ssh -L`. */
export const HOSTNAME = "127.0.0.1";

export interface ServedHome extends AsyncDisposable {
  /** Ends with a slash. */
  url: string;
  port: number;
  /** Settles when it has ended, as it does when the context's signal is given. */
  finished: Promise<void>;
}

/**
 * Serves the home page of a store.
 * @param port 0 takes any that is free
 */
export async function serveHome(
  program: Program,
  context: HomeContext & { signal: AbortSignal },
  port: number,
): Promise<ServedHome> {
  const end = new AbortController();
  const site = new HomeSite(program, context);
  const { addr, finished } = await serveGuarded(
    {
      hostname: HOSTNAME,
      port,
      headers: HOME_HEADERS,
      signal: AbortSignal.any([end.signal, context.signal]),
    },
    (request) => site.answer(request),
  );
  return {
    url: `http://${HOSTNAME}:${addr.port}/`,
    port: addr.port,
    finished,
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await finished;
    },
  };
}

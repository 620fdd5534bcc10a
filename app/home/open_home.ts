/** The body of `deno task home`. */
import type { Program } from "../cli/application.ts";
import type { ContextOf } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import type { HOME_FLAGS } from "../commands/home.ts";
import { openFile } from "../open_file.ts";
import { checkPort } from "../serve/check_port.ts";
import { serveGuarded } from "../serve/guarded_server.ts";
import { HOME_HEADERS, HomeSite } from "./home_site.ts";

/** Nobody else is meant to see photos and runs; who works on a computer far away has `ssh -L`. */
const HOSTNAME = "127.0.0.1";

/** @param isSeen whether a person is there to whom the page may be shown */
export async function openHome(
  program: Program,
  context: ContextOf<typeof HOME_FLAGS>,
  isSeen: boolean,
): Promise<number> {
  const { flags, json, say, signal } = context;
  checkPort(HOSTNAME, flags.port, "home");
  const site = new HomeSite(program, context);
  const server = await serveGuarded(
    { hostname: HOSTNAME, port: flags.port, headers: HOME_HEADERS, signal },
    (request) => site.answer(request),
  );
  const { port } = server.addr;
  const url = `http://${HOSTNAME}:${port}/`;
  if (flags.json) json({ url, hostname: HOSTNAME, port });
  else say(`${url}  your models and runs; Ctrl-C ends it`);
  if (isSeen && !flags["no-open"]) await openFile(url);
  await server.finished;
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

/** The body of `deno task home`. */
import type { Program } from "../cli/application.ts";
import type { ContextOf } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import type { HOME_FLAGS } from "../commands/home.ts";
import { openFile } from "../open_file.ts";
import { checkPort } from "../serve/check_port.ts";
import { HOSTNAME, serveHome } from "./serve_home.ts";

/** @param isSeen whether a person is there to whom the page may be shown */
export async function openHome(
  program: Program,
  context: ContextOf<typeof HOME_FLAGS>,
  isSeen: boolean,
): Promise<number> {
  const { flags, json, say, signal } = context;
  checkPort(HOSTNAME, flags.port, "home");
  const { url, port, finished } = await serveHome(program, context, flags.port);
  if (flags.json) json({ url, hostname: HOSTNAME, port });
  else say(`${url}  your models and runs; Ctrl-C ends it`);
  if (isSeen && !flags["no-open"]) await openFile(url);
  await finished;
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

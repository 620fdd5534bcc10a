/** `deno task serve`: a page on which the model can be tried, and predictions for programs. */
import { chooseBackend } from "../../backend/choose.ts";
import type { ContextOf } from "../cli/command.ts";
import type { SERVE_FLAGS } from "../commands/serve.ts";
import { EXIT } from "../cli/exit.ts";
import { classNames } from "../../models/manifest.ts";
import { pageFiles } from "../page/page_files.ts";
import { SECURITY_HEADERS } from "../page/security_headers.ts";
import { openApi } from "./openapi.ts";
import { PhotoQueue } from "./photo_queue.ts";
import { LIMIT, startServer } from "./server.ts";
import { finishedModel } from "../trained/finished_model.ts";
import { pageModelOf } from "../trained/page_model.ts";
import { CropProcesses } from "../../data/crop_processes.ts";
import { predictorFor } from "../../inference/prediction_resources.ts";
import { describeOutput } from "../../inference/predict_photos.ts";

/** @param v8Flags arguments of `deno run` for processes that compute and parse nothing */
export async function serveModel(
  context: ContextOf<typeof SERVE_FLAGS>,
  v8Flags: readonly string[],
): Promise<number> {
  const { flags, json, say, signal } = context;
  const { host: hostname, port } = flags;
  checkPort(hostname, port);
  const cores = flags.threads ?? navigator.hardwareConcurrency;
  // One more than there are cores: a photo that is stuck takes none of them from the others. They
  // start while the model and the page are made.
  const cutting = cores + 1;
  using crops = new CropProcesses(cutting);
  const finished = await finishedModel(context);
  const { description, postprocessing, what, source } = finished;
  const { backend } = await chooseBackend(flags.backend);
  using predictor = await predictorFor(source, {
    backend,
    threads: flags.threads,
    photos: Infinity,
    v8Flags,
  });
  if (!flags.json) say(`${what}: making its page`);
  const files = await pageFiles(pageModelOf(finished));
  const classes = classNames(description);
  const { preprocessing } = description;
  const queue = new PhotoQueue({
    cut: (photo) => crops.cut({ photo, ...preprocessing }),
    cutting,
    ...predictor,
  });
  const server = await startServer({
    hostname,
    port,
    allowedHosts: flags["allow-host"],
    files,
    headers: SECURITY_HEADERS,
    description: openApi({ architecture: description.architecture, classes, limit: LIMIT }),
    predict: async (photo, top, sender) =>
      describeOutput(await queue.ask(photo, sender), { classes, postprocessing, top }),
  }, signal);
  const { port: taken } = server.addr;
  const url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${taken}/`;
  if (flags.json) json({ url, hostname, port: taken, openapi: `${url}openapi.json` });
  else {
    say(`${url}  the page; Ctrl-C ends it`);
    say(`${url}predict  takes photos of programs, as ${url}openapi.json says`);
  }
  await server.finished;
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

/** Before a model is loaded for nothing. */
function checkPort(hostname: string, port: number): void {
  try {
    Deno.listen({ hostname, port }).close();
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new Error(
        `port ${port} of ${hostname} is taken by another program, perhaps another \`deno task ` +
          "serve`: end that, or choose one with --port (0 takes any that is free)",
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new Error(`port ${port} is not open to this user: choose one above 1023 with --port`);
    }
    throw new Error(
      `cannot listen to ${hostname}: ${
        (error as Error).message
      }. --host takes an address of this ` +
        "computer, such as 127.0.0.1, or 0.0.0.0 for all",
    );
  }
}

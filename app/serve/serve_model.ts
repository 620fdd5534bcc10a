/** `deno task serve`: a page on which the model can be tried, and predictions for programs. */
import { chooseBackend } from "../../backend/choose.ts";
import type { ContextOf } from "../cli/command.ts";
import type { SERVE_FLAGS } from "../commands/serve.ts";
import { EXIT } from "../cli/exit.ts";
import { classNames } from "../../models/manifest.ts";
import { pageFiles } from "../page/page_files.ts";
import { SECURITY_HEADERS } from "../page/security_headers.ts";
import { openApi } from "./openapi.ts";
import { LIMIT, PhotoError, startServer } from "./server.ts";
import { finishedModel } from "../finished_model.ts";
import { pageModelOf } from "../page_model.ts";
import { PatientCrops } from "./patient_crops.ts";
import { resourcesFor } from "../../inference/prediction_resources.ts";
import { describeOutput } from "../../inference/predict_photos.ts";

export async function serveModel(context: ContextOf<typeof SERVE_FLAGS>): Promise<number> {
  const { flags, json, say, signal } = context;
  const { host: hostname, port } = flags;
  checkPort(hostname, port);
  const finished = await finishedModel(context);
  const { description, postprocessing, what } = finished;
  if (!flags.json) say(`${what}: making its page`);
  const files = await pageFiles(pageModelOf(finished));
  const { backend } = await chooseBackend(flags.backend);
  using resources = await resourcesFor(finished.source, {
    backend,
    threads: flags.threads,
    photos: 1,
    v8Flags: [],
  });
  const classes = classNames(description);
  const { resize, size } = description.preprocessing;
  using crops = new PatientCrops();
  const predict = async (photo: Uint8Array, top: number) => {
    const cut = await crops.cut({ photo, resize, size });
    if (!("crop" in cut)) throw new PhotoError(cut.refusal);
    const [output] = await resources.predict([cut.crop]);
    return describeOutput(output, { classes, postprocessing, top });
  };
  const server = startServer({
    hostname,
    port,
    files,
    headers: SECURITY_HEADERS,
    description: openApi({ architecture: description.architecture, classes, limit: LIMIT }),
    predict,
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

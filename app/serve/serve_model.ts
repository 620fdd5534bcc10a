/** `deno task serve`: a page on which the model can be tried, and predictions for programs. */
import { chooseBackend } from "../../backend/choose.ts";
import type { ContextOf } from "../cli/command.ts";
import { checkPrecision, computedWith } from "../answering_precision.ts";
import type { SERVE_FLAGS } from "../commands/serve.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import { classNames } from "../../models/manifest.ts";
import { pageFiles } from "../page/page_files.ts";
import { SECURITY_HEADERS } from "../page/security_headers.ts";
import { checkPort } from "./check_port.ts";
import { openApi } from "./openapi.ts";
import { PhotoQueue } from "./photo_queue.ts";
import { PhotoError } from "./refusals.ts";
import { LIMIT, startServer } from "./server.ts";
import { finishedModel } from "../trained/finished_model.ts";
import { pageModelOf } from "../trained/page_model.ts";
import { realPath } from "../real_path.ts";
import { readJournal } from "../../data/review/journal_file.ts";
import { ReportError, reportPhoto } from "../../data/review/report_photo.ts";
import { CropProcesses } from "../../data/crop_processes.ts";
import { predictorFor } from "../../inference/prediction_resources.ts";
import { describeOutput } from "../../inference/predict_photos.ts";

/** @param v8Flags arguments of `deno run` for processes that compute and parse nothing */
export async function serveModel(
  context: ContextOf<typeof SERVE_FLAGS>,
  v8Flags: readonly string[],
): Promise<number> {
  const { flags, json, say, signal } = context;
  const { host: hostname, port, precision } = flags;
  checkPort(hostname, port, "serve");
  const reviewed = flags.review === undefined ? undefined : await reviewedFolder(context);
  const cores = flags.threads ?? navigator.hardwareConcurrency;
  // One more than there are cores: a photo that is stuck takes none of them from the others. They
  // start while the model and the page are made.
  const cutting = cores + 1;
  using crops = new CropProcesses(cutting);
  const finished = await finishedModel(context);
  const { description, postprocessing, what, source } = finished;
  const { backend } = await chooseBackend(flags.backend);
  checkPrecision(precision, backend);
  using predictor = await predictorFor(source, {
    backend,
    threads: flags.threads,
    precision,
    photos: Infinity,
    v8Flags,
  });
  if (!flags.json) say(`${what}${computedWith(precision)}: making its page`);
  const files = await pageFiles({
    ...pageModelOf(finished),
    ...(reviewed !== undefined && { reviews: true }),
  });
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
    ...(reviewed !== undefined && {
      report: async (photo, { label, predicted }, sender) => {
        if (!classes.includes(label)) throw new PhotoError(`there is no class ${label}`);
        // Whatever cannot be decoded is not kept; that also makes it wait for its turn.
        await queue.ask(photo, sender);
        const said = predicted !== null && classes.includes(predicted) ? { predicted } : {};
        try {
          await reportPhoto(reviewed, { photo, class: label, ...said });
        } catch (error) {
          throw error instanceof ReportError ? new PhotoError(error.message) : error;
        }
      },
    }),
  }, signal);
  const { port: taken } = server.addr;
  const url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${taken}/`;
  if (flags.json) json({ url, hostname, port: taken, openapi: `${url}openapi.json`, precision });
  else {
    say(`${url}  the page; Ctrl-C ends it`);
    say(`${url}predict  takes photos of programs, as ${url}openapi.json says`);
  }
  await server.finished;
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

/** @throws {UsageError} where it is no folder of photos, or its review cannot be read */
async function reviewedFolder(
  { flags, folder }: ContextOf<typeof SERVE_FLAGS>,
): Promise<string> {
  const path = realPath(folder, flags.review!);
  try {
    if (!(await Deno.stat(path)).isDirectory) throw new Error("it is a file");
    await readJournal(path);
    return path;
  } catch (error) {
    throw new UsageError(
      `--review takes the folder of photos that is reviewed, and ${path} cannot be: ${
        (error as Error).message
      }`,
    );
  }
}

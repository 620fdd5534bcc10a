/** The body of `deno task teach`. */
import { resolve } from "node:path";
import { run as runPipeline } from "../../pipeline/run.ts";
import { modelFile, PRETRAINED_PARAMETERS } from "../../tasks/artifacts/model.ts";
import type { FinetuneRecipe, ProbeRecipe } from "../../models/manifest.ts";
import { readParameters } from "../../weights/parameter_file.ts";
import type { Program } from "../cli/application.ts";
import { EXIT } from "../cli/exit.ts";
import { checkFolder, checkForSteps } from "../cli/paths.ts";
import { newRenderer } from "../cli/new_renderer.ts";
import type { TrainingFlags } from "../commands/flags.ts";
import type { TeachContext } from "../commands/teach.ts";
import { openFile } from "../open_file.ts";
import { SECURITY_HEADERS } from "../page/security_headers.ts";
import { checkPort } from "../serve/check_port.ts";
import { serveGuarded } from "../serve/guarded_server.ts";
import type { HttpServer } from "../serve/http_server.ts";
import { failure, fileResponse } from "../serve/responses.ts";
import { writeFolder } from "../write_folder.ts";
import { type Backbone, teachFiles } from "./teach_files.ts";

/** Nobody else is meant to use the page of this computer. */
const HOSTNAME = "127.0.0.1";
/** Small and quick, and good enough: see docs/browser.md. */
const MODEL = "mobilenet_v2";

/** @param isSeen whether a person is there to whom the page may be shown */
export async function teachInBrowser(
  program: Program,
  context: TeachContext,
  isSeen: boolean,
): Promise<number> {
  const { flags, folder, json, say, signal } = context;
  const out = flags.out === undefined ? undefined : resolve(folder, flags.out);
  if (out === undefined) checkPort(HOSTNAME, flags.port, "teach");
  else await checkFolder("--out", out);
  const backbone = await fetchBackbone(program, context);
  if (!flags.json) say("making the page");
  const files = await teachFiles(backbone);
  if (out !== undefined) {
    const written = await writeFolder(out, files, flags.force);
    if (flags.json) json({ type: "page", folder: out, files: written });
    else say(`${out}  the page: put the folder on any web host that serves by https`);
    return EXIT.done;
  }
  const { addr, finished } = await serveTeach(files, flags.port, signal);
  const url = `http://${HOSTNAME}:${addr.port}/`;
  if (flags.json) json({ type: "teach", url, hostname: HOSTNAME, port: addr.port });
  else say(`${url}  teach a model there; Ctrl-C ends it, and the browser keeps the photos`);
  if (isSeen && !flags["no-open"]) await openFile(url);
  await finished;
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

/**
 * Serves until the signal is given.
 * @param port 0 takes any that is free
 */
export function serveTeach(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  port: number,
  signal: AbortSignal,
): Promise<HttpServer> {
  const guarded = { hostname: HOSTNAME, port, headers: SECURITY_HEADERS, signal };
  return serveGuarded(guarded, (request) => {
    if (!["GET", "HEAD"].includes(request.method)) {
      return Promise.resolve(failure(405, "files are asked for by GET", { allow: "GET, HEAD" }));
    }
    const { pathname } = new URL(request.url);
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    const file = files.get(name);
    return Promise.resolve(
      file ? fileResponse(request, name, file) : failure(404, "there is no such file"),
    );
  });
}

/** The network, as the pipeline's own step leaves it, with what `--recipe best` would go by. */
async function fetchBackbone(
  program: Program,
  { flags, folder, store, readFrom, signal, json }: TeachContext,
): Promise<Backbone> {
  checkForSteps("--store", store);
  const training: TrainingFlags = {
    recipe: "best",
    branch: "both",
    data: undefined,
    model: flags.model ?? (flags.weights ? undefined : MODEL),
    weights: flags.weights,
    epochs: undefined,
    batch: undefined,
    lr: undefined,
    "time-budget": undefined,
    folds: undefined,
    balance: undefined,
    seed: flags.seed,
    "split-seed": flags["split-seed"],
    group: undefined,
    fit: flags.fit,
    size: flags.size,
    "short-side": undefined,
    "max-download": flags["max-download"],
    backend: "wasm",
    threads: undefined,
  };
  const pipeline = await program.pipeline(training);
  const { parameters } = await program.settings.resolve(training, folder, store);
  const renderer = await newRenderer();
  const record = await runPipeline(pipeline, {
    store,
    readFrom,
    parameters: Object.fromEntries(pipeline.steps.map(({ name }) => [name, parameters[name]])),
    targets: ["convert_weights"],
    signal,
    onEvent: (event) => {
      renderer.show(event);
      if (flags.json) json(event);
    },
  }).finally(() => renderer.close());
  signal.throwIfAborted();
  const step = record.steps.find(({ step }) => step === "convert_weights");
  if (!step?.artifact) throw new Error(`the network cannot be had: ${step?.error?.message}`);
  const { architecture, preprocessing, pretrained } = await modelFile.read(step.artifact);
  const { recipe, seed } = parameters.train_frozen as { recipe: ProbeRecipe; seed: number };
  const { recipe: finetune } = parameters.train_finetune as { recipe: FinetuneRecipe };
  const { seed: splitSeed } = parameters.download_data as { seed: number };
  const { shortSide } = parameters.build_datasets as { shortSide?: number };
  return {
    settings: {
      architecture,
      preprocessing,
      pretrained,
      recipe,
      finetune,
      seed,
      splitSeed,
      shortSide,
    },
    parameters: await readParameters(`${step.artifact}/${PRETRAINED_PARAMETERS}`),
  };
}

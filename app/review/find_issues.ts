/** The pipeline of a review, run; and where what it found lies. */
import { run as runPipeline } from "../../pipeline/run.ts";
import type { Program } from "../cli/application.ts";
import { newRenderer } from "../cli/new_renderer.ts";
import { checkForSteps } from "../cli/paths.ts";
import type { ReviewContext } from "../commands/review.ts";
import type { TrainingFlags } from "../commands/flags.ts";
import { PROBE } from "../../training/recipes.ts";
import { ISSUES_STEP, reviewPipeline } from "../../tasks/review_pipeline.ts";
import type { FindIssuesParameters } from "../../tasks/parameters.ts";

/** Small and quick, and good enough to tell a wrong label: see docs/own_photos.md. */
const MODEL = "mobilenet_v2";

/** Folders in the store. */
export interface Found {
  datasets: string;
  test: string;
  /** Absent where no model could look at the photos. */
  issues?: string;
  /** Why. */
  refused?: string;
}

/**
 * Looks at the photos as they lie, whatever was decided on them: so what was found once is there at
 * once the next time.
 *
 * @param source the folder, an absolute path
 * @throws {Error} where the photos cannot be read at all
 */
export async function findIssues(
  program: Program,
  { flags, folder, store, readFrom, signal, json }: ReviewContext,
  source: string,
): Promise<Found> {
  checkForSteps("--store", store);
  const training: TrainingFlags = {
    recipe: "best",
    branch: "frozen",
    data: source,
    model: flags.model ?? MODEL,
    weights: flags.weights,
    epochs: undefined,
    batch: undefined,
    lr: undefined,
    "time-budget": undefined,
    folds: undefined,
    balance: undefined,
    seed: flags.seed,
    "split-seed": flags["split-seed"],
    group: flags.group,
    fit: "crop",
    size: undefined,
    "short-side": flags["short-side"],
    "max-download": flags["max-download"],
    backend: flags.backend,
    threads: flags.threads,
  };
  const pipeline = reviewPipeline(await program.pipeline(training));
  const { parameters } = await program.settings.resolve(training, folder, store);
  const issues = {
    ...parameters.compute_features as object,
    seed: flags.seed,
    recipe: PROBE,
  } as FindIssuesParameters;
  const { review: _, ...asItLies } = parameters.download_data as { review?: unknown };
  const own: Record<string, unknown> = {
    ...parameters,
    download_data: asItLies,
    [ISSUES_STEP]: issues,
  };
  const renderer = await newRenderer();
  const record = await runPipeline(pipeline, {
    store,
    readFrom,
    parameters: Object.fromEntries(pipeline.steps.map(({ name }) => [name, own[name]])),
    keepGoing: true,
    signal,
    onEvent: (event) => {
      renderer.show(event);
      if (flags.json) json(event);
    },
  }).finally(() => renderer.close());
  signal.throwIfAborted();
  const stepOf = (name: string) => record.steps.find(({ step }) => step === name);
  const [datasets, test] = ["build_datasets", "build_test"].map((name) => stepOf(name)?.artifact);
  const failed = record.steps.find(({ error }) => error);
  if (!datasets || !test) {
    throw new Error(`${failed?.step ?? "the pipeline"} failed: ${failed?.error?.message}`);
  }
  const found = stepOf(ISSUES_STEP)?.artifact;
  return {
    datasets,
    test,
    ...(found !== undefined && { issues: found }),
    ...(found === undefined && failed && {
      refused: `${failed.step} failed: ${failed.error!.message}`,
    }),
  };
}

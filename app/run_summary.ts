/** What a run was about and what came of it, in a line. */
import * as v from "valibot";
import { counted, percent } from "../data/statistics/percent.ts";
import { BRANCHES, branchesIn } from "../models/manifest.ts";
import type { RunRecord } from "../pipeline/run_record.ts";

const source = v.object({ kind: v.string(), origin: v.string() });
const weights = v.object({ model: v.string() });
const scores = v.object({ finetune: v.optional(v.number()), frozen: v.optional(v.number()) });
const training = v.object({ recipe: v.object({ epochs: v.optional(v.number()) }) });

/**
 * `hymenoptera, mobilenet_v2, 5 epochs: frozen 96.1%, finetune 90.2%`, as far as the run came;
 * undefined for one that did not even have photos. Of a sweep, whose steps have other names, what
 * its settings share.
 */
export function runSummary({ steps, parameters }: RunRecord): string | undefined {
  const resultOf = (name: string) => steps.find(({ step }) => step === name)?.result;
  const photos = dataOf({ steps });
  if (photos === undefined) return undefined;
  const what = [photos];
  // Where several networks were compared, the one that was chosen.
  const model = read(weights, resultOf("choose_backbone") ?? resultOf("convert_weights"))?.model;
  if (model) what.push(model);
  const trained = BRANCHES.filter((branch) => resultOf(`train_${branch}`) !== undefined);
  const epochs = read(training, parameters[`train_${trained[0]}`])?.recipe.epochs;
  if (epochs) what.push(counted(epochs, "epoch"));
  const accuracies = read(scores, resultOf("evaluate"));
  if (!accuracies) return what.join(", ");
  const ranked = branchesIn(accuracies).sort((a, b) => accuracies[b]! - accuracies[a]!)
    .map((branch) => `${branch} ${percent(accuracies[branch]!)}`);
  return `${what.join(", ")}: ${ranked.join(", ")}`;
}

/** The photos of a run in a word: the folder's name, the zip's, `hymenoptera`. */
export function dataOf({ steps }: Pick<RunRecord, "steps">): string | undefined {
  const photos = read(source, steps.find(({ step }) => step === "download_data")?.result);
  return photos?.kind === "hymenoptera" ? photos.kind : photos?.origin;
}

function read<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T | undefined {
  const { success, output } = v.safeParse(schema, value);
  return success ? output : undefined;
}

/** Whether a run trained, so that the newest such run is the one whose model is asked. */
export const hasModel = ({ steps }: RunRecord): boolean =>
  steps.some(({ step, artifact }) =>
    artifact !== undefined && BRANCHES.some((branch) => step === `train_${branch}`)
  );

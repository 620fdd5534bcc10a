/** What a finished run has to take away: the model, its parameters, and what is known of it. */
import type { CommandContext } from "../cli/command.ts";
import type { ModelFlags } from "../commands/flags.ts";
import type { ModelDescription } from "../../inference/description.ts";
import type { ExportedModel } from "../../export/exported_model.ts";
import type { CardFacts } from "../../export/model_card.ts";
import { parametersOf } from "../../inference/open_model.ts";
import type { Branch } from "../../models/manifest.ts";
import type { NamedTensor } from "../../weights/parameter.ts";
import { listRuns } from "../../pipeline/upkeep/history.ts";
import type { Artifact } from "../../pipeline/store.ts";
import { metricsFile } from "../../tasks/artifacts/metrics.ts";
import { sourceFile } from "../../tasks/artifacts/source.ts";
import { type ChosenModel, modelFromFile, resultsFor, trainedModel } from "./choose_model.ts";
import type { LatestResults } from "./latest_results.ts";

export interface FinishedModel extends ChosenModel {
  description: ModelDescription;
  /** In tfjs layout. */
  parameters: Map<string, NamedTensor>;
  facts: CardFacts;
}

/**
 * The trained model that the flags choose, or the one of a file.
 * @throws {Error} where nothing is trained, or not evaluated and no branch is chosen
 */
export async function finishedModel(
  context: Pick<CommandContext<ModelFlags>, "flags" | "folder" | "store" | "readFrom" | "say">,
): Promise<FinishedModel> {
  const { flags, folder, store } = context;
  if (flags.weights) {
    const chosen = await modelFromFile(flags, folder);
    return await finished(chosen, {});
  }
  const latest = await resultsFor(context);
  const chosen = await trainedModel(context, latest);
  const { branch } = chosen.source.manifest.training!;
  const trained = (await latest.of(`train_${branch}`))!;
  const evaluated = await latest.of("evaluate");
  const isEvaluated = evaluated && isMadeFrom(evaluated, trained);
  if (!isEvaluated && !flags.branch) {
    throw new Error(
      `${
        latest.run ? `run ${latest.run.id}` : `the run in ${store}`
      } is not finished: its model was trained but not evaluated, so which ` +
        "branch is better is not known. Run `deno task evaluate` with the same flags, or choose one " +
        "with --branch finetune or --branch frozen",
    );
  }
  const [newest] = await listRuns(store);
  if (
    !latest.run && newest.status !== "done" &&
    !newest.steps.some(({ key }) => key === trained.manifest.key)
  ) {
    context.say(`the newest run is ${newest.status}: this is the model of an earlier one`);
  }
  const facts = isEvaluated ? await factsOf(latest, branch, evaluated) : {};
  return await finished(chosen, { ...facts, origin: chosen.origin });
}

/** A finished model as exporters take it. */
export function exportedModel(
  { description, parameters, postprocessing: { outOfDistribution } }: FinishedModel,
): ExportedModel {
  return { description, parameters, outOfDistribution };
}

async function finished(chosen: ChosenModel, facts: CardFacts): Promise<FinishedModel> {
  const { source, postprocessing: { temperature } } = chosen;
  const description = { ...source.manifest, temperature };
  return { ...chosen, description, parameters: await parametersOf(source), facts };
}

async function factsOf(
  latest: LatestResults,
  branch: Branch,
  evaluated: Artifact,
): Promise<CardFacts> {
  await latest.assertIntact(evaluated, [metricsFile.name]);
  const { branches } = await metricsFile.read(evaluated.path);
  // The evaluation reads all of it, where building the data set reads the photos alone.
  const photos = await latest.ifWhole("download_data");
  const areTheirs = photos && isMadeFrom(evaluated, photos);
  if (areTheirs) await latest.assertIntact(photos, [sourceFile.name]);
  return {
    score: branches[branch],
    source: areTheirs ? await sourceFile.read(photos.path) : undefined,
  };
}

function isMadeFrom({ manifest }: Artifact, upstream: Artifact): boolean {
  return manifest.fingerprint.inputs[upstream.manifest.step] === upstream.manifest.digest;
}

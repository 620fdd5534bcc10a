/** What a finished run has to take away: the model, its parameters, and what is known of it. */
import type { CommandContext } from "./cli/command.ts";
import type { ModelFlags } from "./commands/flags.ts";
import type { ModelDescription } from "../export/description.ts";
import type { CardFacts } from "../export/model_card.ts";
import type { NamedTensor } from "../models/model.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import { findArchitecture } from "../models/registry.ts";
import { latestArtifact, listRuns } from "../pipeline/upkeep/history.ts";
import type { Artifact } from "../pipeline/store.ts";
import { convertStateDict } from "../weights/convert.ts";
import { readStateDict } from "../weights/read.ts";
import { type ChosenModel, modelFromFile, trainedModel } from "./choose_model.ts";
import { readJson } from "../tasks/json.ts";
import type { Judgement } from "../inference/judgement.ts";
import { readParameters } from "../tasks/parameter_file.ts";

export interface FinishedModel {
  description: ModelDescription;
  /** In tfjs layout. */
  parameters: Map<string, NamedTensor>;
  facts: CardFacts;
  /** How its outputs are read. */
  judgement: Judgement;
  chosen: ChosenModel;
  /** The model in words. */
  what: string;
}

/**
 * The trained model that the flags choose, or the one of a file.
 * @throws {Error} where nothing is trained, or not evaluated and no branch is chosen
 */
export async function finishedModel(context: CommandContext<ModelFlags>): Promise<FinishedModel> {
  const { flags, folder, store, readFrom } = context;
  const latest: Latest = (step) => latestArtifact(store, step, readFrom);
  if (flags.weights) {
    const chosen = await modelFromFile(flags, folder);
    return { ...describe(chosen), parameters: await parametersOf(chosen), facts: {} };
  }
  const chosen = await trainedModel(context);
  const { branch } = chosen.manifest.training!;
  const trained = latest(`train_${branch}`)!;
  const evaluated = latest("evaluate");
  const isEvaluated = evaluated && isMadeFrom(evaluated, trained);
  if (!isEvaluated && !flags.branch) {
    throw new Error(
      `the run in ${store} is not finished: its model was trained but not evaluated, so which ` +
        "branch is better is not known. Run `deno task evaluate` with the same flags, or choose one " +
        "with --branch finetune or --branch frozen",
    );
  }
  const [newest] = listRuns(store);
  if (newest.status !== "done" && !newest.steps.some(({ key }) => key === trained.manifest.key)) {
    context.say(`the newest run is ${newest.status}: this is the model of an earlier one`);
  }
  const facts = isEvaluated ? await factsOf(latest, branch, evaluated) : {};
  return { ...describe(chosen), parameters: await parametersOf(chosen), facts };
}

type Latest = (step: string) => Artifact | undefined;

function describe(chosen: ChosenModel) {
  const { manifest, judgement, what } = chosen;
  const description = { ...manifest, temperature: judgement.temperature };
  return { description, judgement, chosen, what };
}

async function parametersOf({ origin }: ChosenModel): Promise<Map<string, NamedTensor>> {
  if ("artifact" in origin) return await readParameters(`${origin.artifact}/best.safetensors`);
  const { file, architecture, classes } = origin;
  const specs = parameterSpecs(findArchitecture(architecture), classes.length);
  return convertStateDict(await readStateDict(file), specs, file);
}

async function factsOf(latest: Latest, branch: string, evaluated: Artifact): Promise<CardFacts> {
  const { branches } = await readJson(`${evaluated.path}/metrics.json`);
  const dataset = latest("build_datasets");
  const photos = latest("download_data");
  const areTheirs = dataset && photos && isMadeFrom(evaluated, dataset) &&
    isMadeFrom(dataset, photos);
  return {
    score: branches[branch],
    source: areTheirs ? await readJson(`${photos.path}/source.json`) : undefined,
  };
}

function isMadeFrom({ manifest }: Artifact, upstream: Artifact): boolean {
  return manifest.fingerprint.inputs[upstream.manifest.step] === upstream.manifest.digest;
}

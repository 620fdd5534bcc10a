/** Which model `predict` asks: one that the pipeline trained, or a file of weights. */
import { resolve } from "node:path";
import type { CommandContext } from "../cli/command.ts";
import { manifestOf } from "../../inference/file_manifest.ts";
import type { ModelSource } from "../../inference/open_model.ts";
import type { Abstention } from "../../inference/abstention.ts";
import { type Postprocessing, UNCALIBRATED } from "../../inference/postprocessing.ts";
import { metricsFile } from "../../tasks/artifacts/metrics.ts";
import { BEST_PARAMETERS, modelFile } from "../../tasks/artifacts/model.ts";
import { readPostprocessing, REFERENCES } from "../../tasks/artifacts/postprocessing.ts";
import { UsageError } from "../cli/errors.ts";
import { checkFile } from "../cli/paths.ts";
import { LatestResults } from "./latest_results.ts";
import { describeModel, type ModelOrigin, originOf } from "./model_origin.ts";
import { runsWithModel, runWithModel } from "./run_with_model.ts";
import type { Artifact } from "../../pipeline/store.ts";
import type { ModelFlags } from "../commands/flags.ts";
import { type DescribedModel, describedModel } from "../../inference/described_model.ts";
import type { ModelDescription } from "../../inference/description.ts";
import { type Branch, classNames } from "../../models/manifest.ts";
import { ARCHITECTURES } from "../../models/registry.ts";
import { takenBranch } from "../../training/score.ts";
import { readMetadata } from "../../weights/metadata.ts";
import { WeightsError } from "../../weights/tensor.ts";

export interface ChosenModel {
  source: ModelSource;
  postprocessing: Postprocessing;
  /** The model in words. */
  what: string;
  /** Of a trained model. */
  origin?: ModelOrigin;
  /** Of an evaluated model; null where its val photos were too few to tell. */
  abstention?: Abstention | null;
}

type Context = Pick<CommandContext<ModelFlags>, "flags" | "store" | "readFrom">;

/**
 * The results by which a model is chosen: those of the run that --run names, or the newest.
 * @throws {UsageError} where it is no run's name
 */
export async function resultsFor({ flags, store, readFrom }: Context): Promise<LatestResults> {
  const run = flags.run === undefined ? undefined : await runWithModel(store, flags.run);
  return new LatestResults(store, readFrom, run);
}

/** The branch asked for, or the one that the evaluation found better. */
export async function trainedModel(
  context: Context,
  results?: LatestResults,
): Promise<ChosenModel> {
  const { flags, store } = context;
  const latest = results ?? await resultsFor(context);
  const branch = flags.branch ?? await betterBranch(latest);
  const artifact = await latest.of(`train_${branch}`);
  if (!artifact) {
    const ofBranch = flags.branch ? ` of the ${flags.branch} branch` : "";
    if (latest.run) {
      throw new UsageError(
        `run ${latest.run.id} has no model${ofBranch} any more, or never had one: ` +
          await runsWithModel(store),
      );
    }
    throw new Error(
      `${store} holds no trained model${ofBranch}: run ` +
        "`deno task pipeline` first, " +
        "or give --weights FILE --model NAME --classes a,b,c",
    );
  }
  await latest.assertIntact(artifact, [modelFile.name, BEST_PARAMETERS]);
  const manifest = await modelFile.read(artifact.path);
  const evaluated = await evaluationOf(latest, branch, artifact.manifest.digest);
  const score = evaluated && (await metricsFile.read(evaluated.path)).branches[branch];
  const origin = await originOf(store, artifact.manifest, latest.run);
  return {
    source: { manifest, file: `${artifact.path}/${BEST_PARAMETERS}`, layout: "tfjs" },
    postprocessing: evaluated ? await readPostprocessing(evaluated.path, branch) : UNCALIBRATED,
    what: describeModel(manifest, score, origin),
    origin,
    abstention: score?.abstention,
  };
}

type Classes = NonNullable<ModelFlags["classes"]>;

/** The evaluation, if it was of this very model. */
async function evaluationOf(
  latest: LatestResults,
  branch: Branch,
  digest: string,
): Promise<Artifact | undefined> {
  const evaluated = await latest.of("evaluate");
  if (evaluated?.manifest.fingerprint.inputs[`train_${branch}`] !== digest) return undefined;
  await latest.assertIntact(evaluated, [metricsFile.name, REFERENCES]);
  return evaluated;
}

async function betterBranch(latest: LatestResults): Promise<Branch> {
  const evaluated = await latest.of("evaluate");
  if (!evaluated) return await latest.of("train_finetune") ? "finetune" : "frozen";
  await latest.assertIntact(evaluated, [metricsFile.name]);
  return takenBranch(await metricsFile.read(evaluated.path));
}

/**
 * A file of weights: one that graft exported says itself what it is; to others, as PyTorch saves
 * them, the flags name architecture and classes.
 */
export async function modelFromFile(flags: ModelFlags, folder: string): Promise<ChosenModel> {
  if (flags.run !== undefined) {
    throw new UsageError("--run and --weights each name a model: give one of them");
  }
  const file = resolve(folder, flags.weights!);
  await checkFile("--weights", file);
  const described = flags.model && flags.classes ? undefined : await describedOf(file);
  const description = described?.description;
  const architecture = flags.model ?? description?.architecture;
  const known = ARCHITECTURES.map(({ name }) => name);
  if (!architecture || !known.includes(architecture)) {
    throw new UsageError(`--weights needs --model, one of ${known.join(", ")}`);
  }
  if (description && description.architecture !== architecture) {
    throw new UsageError(
      `--model says ${architecture}, but ${file} says itself that it is ${description.architecture}`,
    );
  }
  if (!flags.classes && !description) {
    throw new UsageError("--weights needs --classes: a,b,c or a file with a name a line");
  }
  const classes = flags.classes
    ? await classList(flags.classes, folder)
    : [...classNames(description!)];
  const manifest = description
    ? { ...description, architecture, classes }
    : manifestOf({ file, architecture, classes });
  return {
    source: { manifest, file, layout: "torch" },
    postprocessing: described?.postprocessing ?? UNCALIBRATED,
    what: `${architecture} of ${file}`,
  };
}

/**
 * What a file that graft exported says of itself; undefined of others.
 * @throws {WeightsError} where it is damaged, no file of weights, or says what cannot be
 */
export async function descriptionOf(file: string): Promise<ModelDescription | undefined> {
  return (await describedOf(file))?.description;
}

async function describedOf(file: string): Promise<DescribedModel | undefined> {
  const metadata = await readMetadata(file);
  try {
    return describedModel(metadata, file);
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw new WeightsError(
      `${error.message}. Export it again, or say what it is by --model (and --classes), which are ` +
        "taken instead",
    );
  }
}

/** The names, or the lines of a file. */
async function classList(classes: Classes, folder: string): Promise<string[]> {
  const { names, said } = "names" in classes
    ? { names: classes.names, said: classes.names.join() }
    : { names: await linesOf(resolve(folder, classes.file)), said: classes.file };
  const trimmed = names.map((name) => name.trim()).filter((name) => name !== "");
  if (trimmed.length < 2) throw new UsageError(`--classes ${said} names fewer than two classes`);
  return trimmed;
}

async function linesOf(file: string): Promise<string[]> {
  await checkFile("--classes", file);
  return (await Deno.readTextFile(file)).split(/\r?\n/);
}

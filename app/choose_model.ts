/** Which model `predict` asks: one that the pipeline trained, or a file of weights. */
import { resolve } from "node:path";
import type { CommandContext } from "./cli/command.ts";
import { UsageError } from "./cli/errors.ts";
import { checkFile } from "./cli/paths.ts";
import type { ModelFlags } from "./commands/flags.ts";
import { type ModelDescription, parseDescription } from "../export/description.ts";
import { classNames, type ModelManifest } from "../models/manifest.ts";
import { ARCHITECTURES } from "../models/registry.ts";
import { latestArtifact } from "../pipeline/upkeep/history.ts";
import type { Artifact } from "../pipeline/store.ts";
import type { Branch } from "../training/train_step.ts";
import { readMetadata } from "../weights/metadata.ts";
import { readJson } from "../tasks/json.ts";
import { type Judgement, readJudgement, UNJUDGED } from "../inference/judgement.ts";
import { manifestOf, type ModelOrigin } from "../inference/open_model.ts";

export interface ChosenModel {
  origin: ModelOrigin;
  manifest: ModelManifest;
  judgement: Judgement;
  /** The model in words. */
  what: string;
}

/** The branch asked for, or the one that the newest evaluation found better. */
export async function trainedModel(
  { flags, store, readFrom }: Pick<CommandContext<ModelFlags>, "flags" | "store" | "readFrom">,
): Promise<ChosenModel> {
  const latest: Latest = (step) => latestArtifact(store, step, readFrom);
  const branch = flags.branch ?? await betterBranch(latest);
  const artifact = latest(`train_${branch}`);
  if (!artifact) {
    throw new Error(
      `${store} holds no trained model${flags.branch ? ` of the ${branch} branch` : ""}: run ` +
        "`deno task pipeline` first, " +
        "or give --weights FILE --model NAME --classes a,b,c",
    );
  }
  const manifest = await readJson<ModelManifest>(`${artifact.path}/model.json`);
  const accuracy = (100 * manifest.training!.valAccuracy).toFixed(1);
  const judgement = await judgementOf(latest, branch, artifact.manifest.digest);
  return {
    origin: { artifact: artifact.path },
    manifest,
    judgement,
    what: `${branch} ${manifest.architecture}, val accuracy ${accuracy}%`,
  };
}

type Classes = NonNullable<ModelFlags["classes"]>;
type Latest = (step: string) => Artifact | undefined;

/** What the newest evaluation says, if it was of this very model. */
async function judgementOf(latest: Latest, branch: Branch, digest: string): Promise<Judgement> {
  const evaluated = latest("evaluate");
  const isOfIt = evaluated?.manifest.fingerprint.inputs[`train_${branch}`] === digest;
  return isOfIt ? await readJudgement(evaluated.path, branch) : UNJUDGED;
}

async function betterBranch(latest: Latest): Promise<Branch> {
  const evaluated = latest("evaluate");
  if (!evaluated) return latest("train_finetune") ? "finetune" : "frozen";
  const { comparison } = await readJson(`${evaluated.path}/metrics.json`);
  return comparison.better === "frozen" ? "frozen" : "finetune";
}

/**
 * A file of weights: one that graft exported says itself what it is; to others, as PyTorch saves
 * them, the flags name architecture and classes.
 */
export async function modelFromFile(flags: ModelFlags, folder: string): Promise<ChosenModel> {
  const file = resolve(folder, flags.weights!);
  await checkFile("--weights", file);
  const description = flags.model && flags.classes ? undefined : await descriptionOf(file);
  const architecture = flags.model ?? description?.architecture;
  const known = ARCHITECTURES.map(({ name }) => name);
  if (!architecture || !known.includes(architecture)) {
    throw new UsageError(`--weights needs --model, one of ${known.join(", ")}`);
  }
  if (!flags.classes && !description) {
    throw new UsageError("--weights needs --classes: a,b,c or a file with a name a line");
  }
  const classes = flags.classes
    ? await classList(flags.classes, folder)
    : [...classNames(description!)];
  const origin = { file, architecture, classes };
  return {
    origin,
    manifest: description ? { ...description, architecture, classes } : manifestOf(origin),
    judgement: description ? { temperature: description.temperature } : UNJUDGED,
    what: `${architecture} of ${file}`,
  };
}

/**
 * What a file that graft exported says of itself; undefined of others.
 * @throws {WeightsError} where it is damaged, or no file of weights
 */
export async function descriptionOf(file: string): Promise<ModelDescription | undefined> {
  return parseDescription(await readMetadata(file));
}

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

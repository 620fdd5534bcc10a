/** From flags to each step's parameters: what `auto` means here is decided before anything runs. */
import { join } from "node:path";
import { chooseBackend } from "../backend/choose.ts";
import { UsageError } from "./cli/errors.ts";
import type { ResolvedSettings } from "./cli/application.ts";
import type { ExecutionFlags } from "./cli/shared_flags.ts";
import { checkFile, checkForSteps, liesIn } from "./cli/paths.ts";
import type { TrainingFlags } from "./commands/flags.ts";
import { keptShortSide } from "../data/short_side.ts";
import { type Change, changesOf } from "../data/review/journal.ts";
import { readJournal } from "../data/review/journal_file.ts";
import { parseSource } from "../data/sources/spec.ts";
import { ARCHITECTURES } from "../models/registry.ts";
import type { Branch, FinetuneRecipe, ProbeRecipe, StepLrRecipe } from "../models/manifest.ts";
import type { BuildDatasetsParameters } from "../tasks/parameters.ts";
import { mirrorFolder } from "../tasks/permissions.ts";
import { FINETUNE, PROBE, RECIPES } from "../training/recipes.ts";
import { counted } from "../data/statistics/percent.ts";
import { checkData, sourceOf } from "./check_data.ts";
import { chooseOnCluster, clusterOf } from "./cluster.ts";
import { comparedPhotos, describeRace } from "./compared_photos.ts";
import { comparedNetworks, describeDownloads, sizeObjection, unableToSee } from "./networks.ts";
import { realPath } from "./real_path.ts";
import { shapeOf } from "./shape.ts";

/** Asking for an adapter takes a tenth of a second, and a sweep is configured many times. */
const choices = new Map<string, ReturnType<typeof chooseBackend>>();

async function choiceFor(request: "auto" | "webgpu" | "wasm", flags: Partial<ExecutionFlags>) {
  const cluster = await clusterOf(flags);
  if (cluster) return chooseOnCluster(request, cluster);
  const choice = choices.get(request) ?? chooseBackend(request);
  choices.set(request, choice);
  return await choice;
}

/** @param folder against which relative paths are meant: where the user stands */
export async function stepParameters(
  flags: TrainingFlags & Partial<ExecutionFlags>,
  folder: string,
  store: string,
): Promise<ResolvedSettings> {
  const { seed, threads } = flags;
  const data = resolveSource(flags.data ?? "auto", folder);
  checkSource(data, store);
  await checkData(data);
  const review = await decidedOn(data);
  const choice = await choiceFor(flags.backend, flags);
  const { best, branches, backbones, folds } = shapeOf(flags);
  const isAuto = flags.recipe === "auto";
  const loop = isAuto && !best && choice.hardware ? "tutorial" : flags.recipe;
  const name = loop === "tutorial" ? "tutorial" : "quick";
  const preset = RECIPES[name];
  if (flags.lr === "auto" && !best) {
    throw new UsageError(
      "--lr auto is of --recipe best: the tutorial's recipes have the rates of the tutorial",
    );
  }
  const lr = flags.lr === "auto" ? undefined : flags.lr;
  const recipe = {
    ...preset,
    epochs: flags.epochs ?? preset.epochs,
    batchSize: flags.batch ?? preset.batchSize,
    lr: lr ?? preset.lr,
  };
  const compute = {
    backend: choice.backend,
    device: choice.device,
    ...(threads && { threads }),
    ...(choice.backend === "webgpu" && { tuning: join(store, "tuning") }),
  };
  const train = { ...compute, recipe, seed };
  const timeBudget = flags["time-budget"];
  if (timeBudget !== undefined && !best) {
    throw new UsageError("--time-budget is of --recipe best; say how many --epochs instead");
  }
  const finetune = {
    ...FINETUNE,
    epochs: flags.epochs ?? FINETUNE.epochs,
    batchSize: flags.batch ?? FINETUNE.batchSize,
    lr: lr ?? FINETUNE.lr,
    balance: flags.balance ?? "auto",
  };
  if (flags.folds !== undefined && !best) {
    throw new UsageError("--folds is of --recipe best, which makes choices by cross-validation");
  }
  if (flags.balance !== undefined && !best) {
    throw new UsageError(
      "--balance is of --recipe best: the tutorial's recipes take classes as they are",
    );
  }
  const probe = { ...PROBE, folds: flags.folds ?? PROBE.folds };
  const balanced = { ...probe, balance: flags.balance ?? "auto" };
  // Not the training's: seeds are compared on the same val photos.
  const splitSeed = flags["split-seed"];
  const downloads = join(store, "downloads");
  const maxDownload = flags["max-download"];
  const convert = (model: string) => ({
    model: checkSize(model, flags.size),
    downloads,
    maxDownload,
    // What is usual is left out: it is in no key.
    ...(flags.fit !== "crop" && { fit: flags.fit }),
    ...(flags.size !== undefined && { size: flags.size }),
    ...(flags.weights && { weights: realPath(folder, flags.weights) }),
  });
  const sample = { photos: comparedPhotos(backbones.length, timeBudget), seed };
  const race = describeRace(backbones.length, timeBudget);
  const left = best && !flags.weights ? unableToSee(flags) : [];
  const start = backbones.length > 0
    ? {
      ...Object.fromEntries(backbones.flatMap((name) => [
        [`convert_weights_${name}`, convert(name)],
        [`compute_features_${name}`, { ...compute, sample }],
      ])),
      choose_backbone: { backbones, seed, recipe: probe },
    }
    : { convert_weights: convert(await modelOf(flags, best, folder)) };
  return {
    parameters: {
      download_data: {
        data,
        seed: splitSeed,
        downloads,
        maxDownload,
        ...(best && { parts: 3 }),
        ...(flags.group !== undefined && { group: flags.group }),
        ...(review.length > 0 && { review }),
      },
      ...start,
      build_datasets: { ...shortSideOf(flags, name), ...(best && { alike: true as const }) },
      ...(best && {
        compute_features: compute,
        train_frozen: {
          device: choice.device,
          seed,
          recipe: balanced,
        },
      }),
      ...Object.fromEntries(
        Array.from({ length: branches.includes("frozen") ? folds : 0 }, (_, fold) => [
          `cross_validate_${fold + 1}`,
          { fold, backbones, sample, seed, recipe: balanced },
        ]),
      ),
      ...(!best && branches.includes("frozen") && { train_frozen: train }),
      ...(branches.includes("finetune") && {
        train_finetune: best
          ? {
            ...compute,
            recipe: finetune,
            seed,
            ...(timeBudget && { timeBudget }),
            ...(flags.lr === "auto" && { findRate: true as const }),
          }
          : train,
      }),
      evaluate: compute,
      predict: compute,
    },
    notes: [
      best
        ? describeBest(probe, finetune, branches)
        : describeRecipe(name, recipe) + (isAuto ? "; --recipe tutorial is the original's" : ""),
      ...(race ? [race] : []),
      ...(backbones.length > 0
        ? [describeDownloads(backbones, [downloads, ...mirrorFolder()])]
        : []),
      ...describeView(flags),
      ...(left.length > 0
        ? [`not compared, since they cannot see photos of --size ${flags.size}: ${left.join(", ")}`]
        : []),
      `${choice.backend} on ${choice.device}: ${choice.reason}`,
    ],
  };
}

/**
 * What a review of a folder of photos came to.
 * @throws {UsageError} for a journal that cannot be read
 */
async function decidedOn(data: string): Promise<Change[]> {
  const source = parseSource(data);
  if (source.kind !== "folder") return [];
  try {
    return changesOf(await readJournal(source.path));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** The tutorial takes every pixel of whatever photos it is given. */
function shortSideOf(
  { "short-side": asked, size }: TrainingFlags,
  recipe: string,
): BuildDatasetsParameters {
  const shortSide = asked ?? (recipe === "tutorial" ? "full" : keptShortSide(size));
  return shortSide === "full" ? {} : { shortSide };
}

/** @throws {UsageError} where the network, if it is named, cannot see photos of the size asked for */
function checkSize(model: string, size: number | undefined): string {
  const objection = model === "auto" ? undefined : sizeObjection(model, size);
  if (objection) throw new UsageError(`--size ${size}: ${objection}`);
  return model;
}

/** @throws {UsageError} where a file of weights does not say which it is of */
async function modelOf(flags: TrainingFlags, best: boolean, folder: string): Promise<string> {
  const { weights } = flags;
  const [model, ...others] = best && !weights
    ? comparedNetworks(flags)
    : [flags.model ?? "auto"].flat();
  if (others.length > 0 || model === "all") {
    throw new UsageError(
      weights
        ? "--weights is a file of one network: name it with --model, or leave --model out"
        : "--model all is of --recipe best, which compares networks: name one",
    );
  }
  if (weights) {
    await checkFile("--weights", realPath(folder, weights));
    checkForSteps("--weights", realPath(folder, weights));
  }
  if (weights && model === "auto") {
    // tfjs comes with it, and a plan is there sooner without.
    const { descriptionOf } = await import("./trained/choose_model.ts");
    const described = (await descriptionOf(realPath(folder, weights)))?.architecture;
    const known = ARCHITECTURES.map(({ name }) => name);
    if (described && known.includes(described)) return described;
    throw new UsageError(`--weights needs --model, one of ${known.join(", ")}`);
  }
  return model;
}

function describeBest(
  { folds }: ProbeRecipe,
  { epochs }: FinetuneRecipe,
  branches: readonly Branch[],
): string {
  const head = "a last layer fitted to what the network says of each photo (probe), its penalty " +
    `chosen by cross-validation in ${folds} parts`;
  const rest = `, then all layers taught from there for up to ${
    counted(epochs, "epoch")
  } (finetune)`;
  return `recipe best: ${head}${branches.includes("finetune") ? rest : ""}`;
}

/** Nothing where photos are looked at as usual. */
function describeView({ fit, size }: TrainingFlags): string[] {
  if (fit === "crop" && size === undefined) return [];
  const how = {
    crop: "by their middle",
    pad: "whole, with margins of the mean colour",
    squash: "whole, and out of proportion",
  };
  return [`photos are seen ${how[fit]}${size === undefined ? "" : `, at ${size}×${size} pixels`}`];
}

/** What is done, with the field's word for it behind. */
function describeRecipe(name: string, { epochs, batchSize, lr }: StepLrRecipe): string {
  const times = epochs === 1 ? "once (epoch)" : `${epochs} times (epochs)`;
  return `recipe ${name}: looks at every photo ${times}, ${batchSize} at a time (batch), and ` +
    `learns in steps of ${lr} (learning rate)`;
}

/** @throws {UsageError} for photos that steps cannot read, or that the store would lie among */
function checkSource(data: string, store: string): void {
  const mirror = Deno.env.get("GRAFT_MIRROR");
  if (mirror) checkForSteps("GRAFT_MIRROR", mirror);
  const spec = parseSource(data);
  if (!("path" in spec)) return;
  checkForSteps("--data", spec.path);
  if (spec.kind === "folder" && liesIn(store, spec.path)) {
    throw new UsageError(
      `the store ${store} lies in the folder of photos ${spec.path}, so that each run would change ` +
        "what it reads: give --store a folder outside of it",
    );
  }
}

/**
 * A path among the kinds of source becomes absolute; names, URLs and packages stay.
 * @throws {UsageError} for what is none of them
 */
function resolveSource(source: string, folder: string): string {
  return "path" in sourceOf(source) ? realPath(folder, source) : source;
}

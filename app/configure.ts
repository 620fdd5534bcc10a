/** From flags to each step's parameters: what `auto` means here is decided before anything runs. */
import { join } from "node:path";
import { chooseBackend } from "../backend/choose.ts";
import { UsageError } from "./cli/errors.ts";
import type { Flags } from "./cli/flags.ts";
import { checkFile } from "./cli/paths.ts";
import { ARCHITECTURES } from "../models/registry.ts";
import { RECIPES } from "../training/recipes.ts";
import { realPath } from "./real_path.ts";

export interface Configuration {
  /** Parameters by step. */
  parameters: Record<string, unknown>;
  /** What was decided, for people. */
  notes: string[];
}

/** Asking for an adapter takes a tenth of a second, and a sweep is configured many times. */
const choices = new Map<string, ReturnType<typeof chooseBackend>>();

function choiceFor(request: "auto" | "webgpu" | "wasm") {
  const choice = choices.get(request) ?? chooseBackend(request);
  choices.set(request, choice);
  return choice;
}

/** @param folder against which relative paths are meant: where the user stands */
export async function configure(
  flags: Flags,
  folder: string,
  store: string,
): Promise<Configuration> {
  const choice = await choiceFor((flags.backend ?? "auto") as "auto" | "webgpu" | "wasm");
  const requested = (flags.recipe ?? "auto") as "auto" | "quick" | "tutorial";
  const name = requested === "auto" ? (choice.hardware ? "tutorial" : "quick") : requested;
  const recipe = { ...RECIPES[name] };
  if (flags.epochs) recipe.epochs = Number(flags.epochs);
  if (flags.batch) recipe.batchSize = Number(flags.batch);
  if (flags.lr) recipe.lr = Number(flags.lr);

  const seed = Number(flags.seed ?? 0);
  const compute = {
    backend: choice.backend,
    device: choice.device,
    ...(flags.threads && { threads: Number(flags.threads) }),
    ...(choice.backend === "webgpu" && { tuning: join(store, "tuning") }),
  };
  const train = { ...compute, recipe, seed };
  // Not the training's: seeds are compared on the same val photos.
  const splitSeed = Number(flags["split-seed"] ?? 0);
  const downloads = join(store, "downloads");
  const model = await checkModel(flags, folder);
  return {
    parameters: {
      download_data: {
        data: resolveSource(flags.data ?? "auto", folder),
        seed: splitSeed,
        downloads,
      },
      convert_weights: {
        model,
        downloads,
        ...(flags.weights && { weights: realPath(folder, flags.weights) }),
      },
      build_datasets: {},
      train_finetune: train,
      train_frozen: train,
      evaluate: compute,
      predict: compute,
    },
    notes: [
      `recipe ${name}: ${recipe.epochs} epochs of batches of ${recipe.batchSize}, learning rate ` +
      `${recipe.lr}` + (requested === "auto" ? " (--recipe tutorial is the original's)" : ""),
      `${choice.backend} on ${choice.device}: ${choice.reason}`,
    ],
  };
}

/** @throws {UsageError} when there is no such model, or no file of weights says which it is of */
async function checkModel({ model = "auto", weights }: Flags, folder: string): Promise<string> {
  const known = ARCHITECTURES.map(({ name }) => name);
  if (model !== "auto" && !known.includes(model)) {
    throw new UsageError(`--model is "${model}", but takes one of auto, ${known.join(", ")}`);
  }
  if (weights) await checkFile("--weights", realPath(folder, weights));
  if (weights && model === "auto") {
    // tfjs comes with it, and a plan is there sooner without.
    const { descriptionOf } = await import("./choose_model.ts");
    const described = (await descriptionOf(realPath(folder, weights)))?.architecture;
    if (described && known.includes(described)) return described;
    throw new UsageError(`--weights needs --model, one of ${known.join(", ")}`);
  }
  return model;
}

/** A path among the kinds of source becomes absolute; names, URLs and packages stay. */
function resolveSource(source: string, folder: string): string {
  const isPath = !/^(auto|hymenoptera)$/.test(source) && !/^(https?|pypi):/.test(source);
  return isPath ? realPath(folder, source) : source;
}

/** Flags that commands share: what is run and trained, what computes, which model is asked. */
import * as v from "valibot";
import {
  duration,
  type Flag,
  flag,
  type FlagFacts,
  grouped,
  integer,
  number,
  size,
  text,
} from "../cli/flag.ts";
import { formatSize } from "../cli/quantities.ts";
import { BRANCHES, FITS, stepLrRecipe } from "../../models/manifest.ts";
import { ARCHITECTURE_NAMES } from "../../models/registry.ts";
import * as steps from "../../tasks/parameters.ts";
import { parseGroupRule } from "../../data/sources/group_rule.ts";
import { PRECISIONS } from "../../backend/precision.ts";
import { MOST_BYTES } from "../../data/download/errors.ts";
import { concealAddress } from "../../data/download/public_url.ts";
import { KEPT_SHORT_SIDE } from "../../data/short_side.ts";
import { FINETUNE, PROBE, RECIPES } from "../../training/recipes.ts";

// What steps themselves take: a value is checked here by the very schema that it meets there.
const { seed, threads, backend } = steps.train.entries;
const { entries: recipe } = stepLrRecipe;
const { folds, balance } = steps.trainProbe.entries.recipe.entries;

/** Below it, what networks look at would be enlarged again. */
const LEAST_SHORT_SIDE = 256;

/** @param byDefault what computes where the flag does not say */
export function backendFlag(byDefault: "auto" | "wasm") {
  return flag(v.picklist(["auto", ...backend.options]), {
    value: ["auto", ...backend.options].join("|"),
    help: "auto: a hardware GPU through WebGPU, else wasm",
    default: byDefault,
    axis: "sweep",
  });
}

export const threadsFlag = flag(number(threads.wrapped), {
  value: "N",
  help: "of the wasm backend (default: all cores)",
});

export const precisionFlag = flag(v.picklist(PRECISIONS), {
  value: PRECISIONS.join("|"),
  help: "int16: on the CPU up to a quarter faster, with probabilities that differ by up to 0.01",
  default: "float32",
});

/** A registered architecture, and what else is said instead of one. */
export function architectureFlag(facts: FlagFacts & { value: string }, ...others: string[]) {
  return flag(v.picklist([...others, ...ARCHITECTURE_NAMES]), { ...facts, axis: "list" });
}

/** One network, or several where they are compared. */
const networksFlag: Flag<string | readonly string[] | undefined> = architectureFlag(
  {
    value: "auto|all|NAME[,NAME…]",
    help: `${ARCHITECTURE_NAMES.join(", ")}; auto: what can be had. Recipe best compares those ` +
      "that are named; auto: the small ones; all: all",
  },
  "auto",
  "all",
);

export const dataFlag = flag(text, {
  value: "auto|hymenoptera|DIR|FILE.zip|FILE.tar|URL|pypi:NAME",
  help: "photos: train/ and val/ with a folder a class, or only class folders",
  axis: "sweep",
  shown: (text) => concealAddress(text).text,
});

/** Nobody waits beside a download: what never ends must not fill the disk. */
export const maxDownloadFlag = flag(v.pipe(size, v.minValue(1)), {
  value: "SIZE",
  help: "refuse a file that is larger, before it fills the disk",
  default: formatSize(MOST_BYTES).replace(" ", ""),
});

/** As `parseGroupRule` takes it, and still as it was typed. */
const groupRule = v.pipe(
  v.string(),
  v.check((text) => {
    try {
      parseGroupRule(text);
      return true;
    } catch {
      return false;
    }
  }, "folder, regex:PATTERN (a regular expression), exif-time or exif-time:SECONDS"),
);

/** What is run and trained. */
export const TRAINING = grouped("What is run and trained", {
  recipe: flag(v.picklist(["auto", "best", "quick", "tutorial"]), {
    value: "auto|best|quick|tutorial",
    help: "best: a head fitted to convergence, then finetuned from; tutorial: the original's " +
      `${RECIPES.tutorial.epochs} epochs; quick: ${RECIPES.quick.epochs}; ` +
      "auto: best for photos of one's own; for the tutorial's, tutorial on a GPU, else quick",
    axis: "list",
    default: "auto",
  }),
  branch: flag(v.picklist([...BRANCHES, "both"]), {
    value: [...BRANCHES, "both"].join("|"),
    help: "which models are taught: frozen, whose last layer alone learns, is the quick one",
    default: "both",
  }),
  model: networksFlag,
  data: dataFlag,
  weights: flag(text, {
    value: "FILE",
    help: "a model to start from: .pth, .safetensors or .onnx",
  }),
  epochs: flag(number(recipe.epochs), {
    value: "N",
    help: "instead of the recipe's",
    axis: "list",
  }),
  batch: flag(number(recipe.batchSize), {
    value: "N",
    help: `photos a training batch (the recipe's: ${RECIPES.tutorial.batchSize}; best's: ` +
      `${FINETUNE.batchSize})`,
    axis: "list",
  }),
  lr: flag(v.union([number(recipe.lr), v.literal("auto")]), {
    value: "X|auto",
    help: `learning rate (the recipe's: ${RECIPES.tutorial.lr}; best's: ${FINETUNE.lr}; auto: ` +
      "best tries many for 100 batches, and takes one by which the loss falls)",
    axis: "list",
  }),
  "time-budget": flag(duration, {
    value: "10m",
    help: "what best may spend on finetuning: as many epochs as fit, which are recorded",
  }),
  folds: flag(number(folds), {
    value: "N",
    help: "parts of best's cross-validation, by which choices are made (the recipe's: " +
      `${PROBE.folds})`,
  }),
  balance: flag(balance.wrapped, {
    value: balance.wrapped.options.join("|"),
    help:
      "how best learns rare classes: its last layer by weight in the loss, or by drawing their " +
      "photos more often, as all layers do then, or not at all (auto: by the counts)",
    axis: "list",
  }),
  seed: flag(number(seed), {
    value: "N",
    help: "of the head, the order and the crops, as torch.manual_seed",
    axis: "list",
    default: "0",
  }),
  "split-seed": flag(number(steps.downloadData.entries.seed), {
    value: "N",
    help: "of the division into train and val, where the photos have none",
    axis: "list",
    default: "0",
  }),
  group: flag(groupRule, {
    value: "folder|regex:PATTERN|exif-time[:S]",
    help: "keep photos of one subject on one side of a division: those of a folder below the " +
      "class's, those whose path has the same in the pattern's parentheses, those taken within " +
      "60 s of each other",
    axis: "sweep",
  }),
  fit: flag(v.picklist(FITS), {
    value: FITS.join("|"),
    help:
      "how photos become the squares that a network sees: their middle, whole with margins of " +
      "the mean colour, or whole and out of proportion",
    axis: "list",
    default: "crop",
  }),
  size: flag(number(steps.convertWeights.entries.size.wrapped), {
    value: "N",
    help: "side of these squares in pixels (default: what the network's weights were made for)",
    axis: "list",
  }),
  "short-side": flag(v.union([integer(LEAST_SHORT_SIDE), v.literal("full")]), {
    value: "N|full",
    help: "one's own photos are kept with a shorter side of so many pixels at most (default: " +
      `${KEPT_SHORT_SIDE}, more for a large --size; tutorial: full)`,
    axis: "list",
  }),
  "max-download": maxDownloadFlag,
  backend: backendFlag("auto"),
  threads: threadsFlag,
});
export type TrainingFlags = v.InferOutput<typeof TRAINING>;

/** Which model is asked. */
export const MODEL = grouped("Which model answers", {
  run: flag(text, {
    value: "NAME",
    help: "the model of this run: a part of its name, one that it was given, latest~1 " +
      "(default: the newest that has one)",
  }),
  branch: flag(v.picklist(BRANCHES), {
    value: BRANCHES.join("|"),
    help: "the trained model of this branch (default: the better one)",
  }),
  weights: flag(text, {
    value: "FILE",
    help: "a model of a file instead: .pth, .safetensors or .onnx",
  }),
  model: architectureFlag({
    value: "NAME",
    help: `what the file is of, where it does not say: ${ARCHITECTURE_NAMES.join(", ")}`,
  }),
  classes: flag(classes(), {
    value: "FILE|a,b,c",
    help: "names of its classes, where it does not say",
  }),
});
export type ModelFlags = v.InferOutput<typeof MODEL>;

/** A list of names, or the file that has one a line. */
function classes(): Flag<{ names: string[] } | { file: string }> {
  return v.pipe(
    text,
    v.transform((text) => text.includes(",") ? { names: text.split(",") } : { file: text }),
  );
}

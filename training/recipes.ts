/** Settings apart from the loop that obeys them. */
import type { FinetuneRecipe, ProbeRecipe, StepLrRecipe } from "../models/manifest.ts";
import { CS } from "./probe/penalties.ts";

/** The PyTorch tutorial's settings, to the letter. */
const tutorial: StepLrRecipe = {
  epochs: 25,
  batchSize: 4,
  lr: 0.001,
  momentum: 0.9,
  stepSize: 7,
  gamma: 0.1,
};

/** The same loop, for a machine without a GPU or a first look. */
const quick: StepLrRecipe = { ...tutorial, epochs: 5 };

export const RECIPES: Readonly<Record<"tutorial" | "quick", StepLrRecipe>> = { tutorial, quick };

/** The head of `--recipe best`, on features of the frozen network. */
export const PROBE: ProbeRecipe = { kind: "probe", penalties: CS, folds: 5 };

/** What `--recipe best` does from that head on; docs/recipes.md says what was tried. */
export const FINETUNE: FinetuneRecipe = {
  kind: "finetune",
  epochs: 8,
  batchSize: 16,
  optimizer: "adamw",
  lr: 3e-5,
  momentum: 0.9,
  weightDecay: 0.05,
  earliestRate: 0.1,
  warmup: 0.1,
  labelSmoothing: 0.1,
  clipNorm: 1,
  averaging: 0,
  batchNorm: "running",
  augmentation: { minScale: 0.35, degrees: 0, jitter: 0, trivial: false, erasing: 0 },
  patience: 3,
};

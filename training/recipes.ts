/** Settings apart from the loop that obeys them. */
import type { ProbeRecipe, StepLrRecipe } from "../models/manifest.ts";
import { CS } from "./probe/choose_penalty.ts";

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

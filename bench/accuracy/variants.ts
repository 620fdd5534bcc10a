/** Settings of finetuning that are compared: each `FINETUNE` but for what it names. */
import type { FinetuneRecipe } from "../../models/manifest.ts";
import { FINETUNE } from "../../training/recipes.ts";

type Change =
  & Partial<Omit<FinetuneRecipe, "kind" | "augmentation">>
  & { augmentation?: Partial<FinetuneRecipe["augmentation"]> };

/** What all begin with; kept here, so that a recipe of tomorrow does not change what is compared. */
const BASE: FinetuneRecipe = {
  ...FINETUNE,
  epochs: 8,
  batchSize: 16,
  optimizer: "adamw",
  lr: 3e-4,
  momentum: 0.9,
  weightDecay: 0.05,
  earliestRate: 0.1,
  warmup: 0.1,
  labelSmoothing: 0.1,
  clipNorm: 1,
  averaging: 0,
  batchNorm: "running",
  augmentation: { minScale: 0.35, degrees: 0, jitter: 0, trivial: false, erasing: 0 },
  // Whoever stops early stops at one of these epochs: a table can tell afterwards.
  patience: null,
};

/** The most telling first, for whoever has little time. */
const CHANGES: Readonly<Record<string, Change>> = {
  base: {},
  "lr 1e-4": { lr: 1e-4 },
  "lr 3e-5": { lr: 3e-5 },
  "averaging 0.98": { averaging: 0.98 },
  "sgd 3e-3": { optimizer: "sgd", lr: 3e-3, weightDecay: 1e-4 },
  "smoothing 0": { labelSmoothing: 0 },
  "batch statistics": { batchNorm: "batch" },
  "earliest 1": { earliestRate: 1 },
  "min scale 0.08": { augmentation: { minScale: 0.08 } },
  "16 epochs": { epochs: 16 },
  "lr 1e-4, averaging 0.98": { lr: 1e-4, averaging: 0.98 },
  "earliest 0.01": { earliestRate: 0.01 },
  trivial: { augmentation: { trivial: true } },
  "lr 1e-4, 16 epochs": { lr: 1e-4, epochs: 16 },
  "min scale 0.7": { augmentation: { minScale: 0.7 } },
  "batch 32": { batchSize: 32 },
  "4 epochs": { epochs: 4 },
  "sgd 1e-2, batch statistics": {
    optimizer: "sgd",
    lr: 1e-2,
    weightDecay: 1e-4,
    batchNorm: "batch",
  },
  "jitter 0.2": { augmentation: { jitter: 0.2 } },
};

export const VARIANTS: ReadonlyMap<string, FinetuneRecipe> = new Map(
  Object.entries(CHANGES).map(([name, { augmentation, ...change }]) => [
    name,
    { ...BASE, ...change, augmentation: { ...BASE.augmentation, ...augmentation } },
  ]),
);

/** Settings of finetuning that are compared: each what all begin with but for what it names. */
import type { FinetuneRecipe } from "../../models/manifest.ts";

type Change =
  & Partial<Omit<FinetuneRecipe, "kind" | "augmentation">>
  & { augmentation?: Partial<FinetuneRecipe["augmentation"]> };

/** Not `FINETUNE`: the recipe of tomorrow must not change what was compared. */
const BASE: FinetuneRecipe = {
  kind: "finetune",
  epochs: 8,
  batchSize: 16,
  optimizer: "adamw",
  lr: 1e-4,
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
  "lr 1e-4": {},
  "batch statistics": { batchNorm: "batch" },
  "lr 3e-4, batch statistics": { lr: 3e-4, batchNorm: "batch" },
  "lr 3e-5": { lr: 3e-5 },
  "averaging 0.98": { averaging: 0.98 },
  "lr 3e-4": { lr: 3e-4 },
  "sgd 1e-2, batch statistics": {
    optimizer: "sgd",
    lr: 1e-2,
    weightDecay: 1e-4,
    batchNorm: "batch",
  },
  "batch statistics, 16 epochs": { batchNorm: "batch", epochs: 16 },
  "smoothing 0": { labelSmoothing: 0 },
  "sgd 3e-3": { optimizer: "sgd", lr: 3e-3, weightDecay: 1e-4 },
  "lr 3e-4, batch statistics, averaging 0.98": { lr: 3e-4, batchNorm: "batch", averaging: 0.98 },
  "16 epochs": { epochs: 16 },
  "min scale 0.08": { augmentation: { minScale: 0.08 } },
  "earliest 1": { earliestRate: 1 },
  trivial: { augmentation: { trivial: true } },
  "earliest 0.01": { earliestRate: 0.01 },
  "min scale 0.7": { augmentation: { minScale: 0.7 } },
  "4 epochs": { epochs: 4 },
  "batch statistics, 4 epochs": { batchNorm: "batch", epochs: 4 },
  "lr 3e-5, 4 epochs": { lr: 3e-5, epochs: 4 },
  "lr 3e-5, 1 epoch": { lr: 3e-5, epochs: 1 },
  "lr 3e-5, min scale 0.7": { lr: 3e-5, augmentation: { minScale: 0.7 } },
  "lr 3e-5, smoothing 0": { lr: 3e-5, labelSmoothing: 0 },
  "lr 1e-5": { lr: 1e-5 },
  "lr 3e-5, averaging 0.98": { lr: 3e-5, averaging: 0.98 },
  "lr 3e-5, earliest 1": { lr: 3e-5, earliestRate: 1 },
  "lr 3e-5, batch 32": { lr: 3e-5, batchSize: 32 },
  "lr 1e-4, min scale 0.7, smoothing 0": {
    labelSmoothing: 0,
    augmentation: { minScale: 0.7 },
  },
  "sgd 3e-3, 4 epochs": { optimizer: "sgd", lr: 3e-3, weightDecay: 1e-4, epochs: 4 },
  "sgd 1e-3, smoothing 0, 4 epochs": {
    optimizer: "sgd",
    lr: 1e-3,
    weightDecay: 1e-4,
    labelSmoothing: 0,
    epochs: 4,
  },
  "jitter 0.2": { augmentation: { jitter: 0.2 } },
  "weight decay 0.3": { weightDecay: 0.3 },
  "batch 32": { batchSize: 32 },
  "lr 3e-4, 16 epochs": { lr: 3e-4, epochs: 16 },
};

export const VARIANTS: ReadonlyMap<string, FinetuneRecipe> = new Map(
  Object.entries(CHANGES).map(([name, { augmentation, ...change }]) => [
    name,
    { ...BASE, ...change, augmentation: { ...BASE.augmentation, ...augmentation } },
  ]),
);

/**
 * All that the page tells, as plain data: what wrote it knows nothing of tensors or stores. Where it
 * is kept as a file, a photo is the name of another file in place of its pixels.
 */
import type { RgbImage } from "../data/image.ts";
import type { LearningCurves } from "../training/history.ts";
import type { Heat } from "./heat_overlay.ts";

export const BRANCHES = ["finetune", "frozen"] as const;
export type BranchName = typeof BRANCHES[number];

/** Right ones of some photos. */
export interface Share {
  accuracy: number;
  correct: number;
  total: number;
  /** Wilson's, of 95%. */
  interval: readonly [low: number, high: number];
}

export interface BranchFacts extends Share {
  per_class: Record<string, Share>;
  /** Counts, [actual][predicted]. */
  confusion: number[][];
  calibration: { temperature: number; ece: { before: number; after: number } };
  curves: LearningCurves;
}

export interface ComparisonFacts {
  better: BranchName | "equal";
  only_finetune_right: number;
  only_frozen_right: number;
  p_value: number;
}

export interface DataFacts {
  /** Where from. */
  origin: string;
  sha256: string;
  licence?: string;
  note?: string;
  /** Photos that were used, by class. */
  counts: Record<"train" | "val", Record<string, number>>;
  /** Sides of the smallest and of the largest photo, by area. */
  smallest: { width: number; height: number };
  largest: { width: number; height: number };
  exifOrientation: boolean;
  leftOut: { path: string; reason: string }[];
  /** What is wrong with the photos, the worst first. */
  findings: {
    severity: "error" | "warning" | "note";
    title: string;
    remedy: string;
    files: readonly string[];
  }[];
}

export interface ModelFacts {
  architecture: string;
  pretrained: { origin: string; sha256: string; licence: string; note?: string };
  preprocessing: { resize: number; size: number };
}

/** A val photo and what the branch shown made of it. */
export interface ShownPhoto<Photo = RgbImage> {
  path: string;
  /** What the network saw: the square crop. */
  image: Photo;
  actual: string;
  predicted: string;
  probability: number;
  /** The next likeliest class. */
  second: { label: string; probability: number };
}

export interface ReportFacts<Photo = RgbImage> {
  classes: readonly string[];
  data: DataFacts;
  model: ModelFacts;
  branches: Record<BranchName, BranchFacts>;
  comparison: ComparisonFacts;
  /** The branch that the photos below are of. */
  shown: BranchName;
  /** A training batch as the network is given it. */
  batch: { image: Photo; title: string }[];
  worst: ShownPhoto<Photo>[];
  leastSure: ShownPhoto<Photo>[];
  explained: (ShownPhoto<Photo> & { heat: Heat })[];
  /** Rows of the table of settings: recipe, seed, device, versions. */
  settings: [name: string, value: string][];
}

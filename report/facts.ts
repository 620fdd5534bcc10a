/**
 * All that the page tells, as plain data: what wrote it knows nothing of tensors or stores. Where it
 * is kept as a file, a photo is the name of another file in place of its pixels.
 */
import type { Quarantined } from "../data/dataset_index.ts";
import type { Finding } from "../data/doctor/finding.ts";
import type { RgbImage } from "../data/image.ts";
import type { SourceInfo } from "../data/sources/source_info.ts";
import type { Abstention } from "../inference/abstention.ts";
import type { Calibration } from "../inference/calibration.ts";
import type { Branch, ModelManifest, OfBranches } from "../models/manifest.ts";
import type { Advice } from "../training/advice_pieces.ts";
import type { LearningCurves } from "../training/history.ts";
import type { BranchComparison, BranchScore } from "../training/score.ts";
import type { Heat } from "./heat_overlay.ts";

export interface BranchFacts extends BranchScore {
  calibration: Omit<Calibration, "nll">;
  curves: LearningCurves;
  /** What it costs to be right more often; null for too few photos, absent of earlier versions. */
  abstention?: Abstention | null;
  /** On photos by which nothing was chosen, where some were kept for that. */
  test?: BranchScore;
  /** On all photos, each asked of a model that had not seen it. */
  cross_validated?: BranchScore;
}

export interface DataFacts extends Omit<SourceInfo, "kind"> {
  /** Sides of the smallest and of the largest photo, by area. */
  smallest: { width: number; height: number };
  largest: { width: number; height: number };
  exifOrientation: boolean;
  leftOut: Quarantined[];
  /** What is wrong with the photos, the worst first. */
  findings: Pick<Finding, "severity" | "title" | "remedy" | "files">[];
}

export interface ModelFacts extends Pick<ModelManifest, "architecture" | "pretrained"> {
  preprocessing:
    & Pick<ModelManifest["preprocessing"], "resize" | "size" | "fit" | "interpolation">
    & {
      mean?: readonly number[];
    };
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
  branches: OfBranches<BranchFacts>;
  /** Absent where one branch alone was trained. */
  comparison?: Omit<BranchComparison, "summary">;
  /** The branch that the photos below are of. */
  shown: Branch;
  /** A training batch as the network is given it. */
  batch: { image: Photo; title: string }[];
  worst: ShownPhoto<Photo>[];
  leastSure: ShownPhoto<Photo>[];
  explained: (ShownPhoto<Photo> & { heat: Heat })[];
  /** What to do next, what matters most first; absent of earlier versions. */
  advice?: Advice[];
  /** Rows of the table of settings: recipe, seed, device, versions. */
  settings: [name: string, value: string][];
}

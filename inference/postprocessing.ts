/** How a model's outputs become an answer: what evaluation learned, used wherever photos are asked. */
import { calibrated } from "./calibration.ts";
import { distanceToNearest, type References } from "./out_of_distribution.ts";
import type { Output } from "./predictor.ts";

export interface Postprocessing {
  /** Of temperature scaling; 1 where it was not measured. */
  temperature: number;
  /** Where there were enough val photos to say what is unlike them. */
  outOfDistribution?: {
    references: References;
    /** Distance to the nearest reference beyond which a photo is of none of the classes. */
    threshold: number;
  };
}

/** For models that were never evaluated. */
export const UNCALIBRATED: Postprocessing = { temperature: 1 };

/** Probabilities of the classes, and whether the photo is unlike all that evaluation saw. */
export function postprocess(
  { logits, features }: Output,
  { temperature, outOfDistribution }: Postprocessing,
): { probabilities: number[]; isOutOfDistribution?: boolean } {
  const probabilities = calibrated(logits, temperature);
  if (!outOfDistribution) return { probabilities };
  const { references, threshold } = outOfDistribution;
  return {
    probabilities,
    isOutOfDistribution: distanceToNearest(references, features) > threshold,
  };
}

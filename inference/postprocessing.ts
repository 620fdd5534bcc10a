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
  /** Below this winning probability no answer is given, where that was asked for. */
  abstainBelow?: number;
}

/** For models that were never evaluated. */
export const UNCALIBRATED: Postprocessing = { temperature: 1 };

/**
 * Probabilities of the classes, whether the photo is unlike all that evaluation saw, and whether the
 * model is too unsure to answer.
 */
export function postprocess(
  { logits, features }: Output,
  { temperature, outOfDistribution, abstainBelow }: Postprocessing,
): { probabilities: number[]; isOutOfDistribution?: boolean; abstains?: boolean } {
  const probabilities = calibrated(logits, temperature);
  return {
    probabilities,
    ...(outOfDistribution && {
      isOutOfDistribution: distanceToNearest(outOfDistribution.references, features) >
        outOfDistribution.threshold,
    }),
    ...(abstainBelow !== undefined && { abstains: !(Math.max(...probabilities) >= abstainBelow) }),
  };
}

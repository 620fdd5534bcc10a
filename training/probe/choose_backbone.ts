/** Which frozen network's features tell the classes apart best, by cross-validation. */
import { argmax } from "../../models/logits.ts";
import { mcnemarExact } from "../metrics.ts";
import { choosePenalty, type PenaltyOptions } from "./choose_penalty.ts";
import type { LabelledFeatures } from "./labelled_features.ts";
import type { LinearClassifier } from "./logistic_regression.ts";
import { signFlipTest } from "./paired_test.ts";

/** What cross-validation says of a network. */
export interface BackboneScore {
  name: string;
  C: number;
  /** Mean over the photos, of fits that did not see them. */
  logLoss: number;
  accuracy: number;
}

/** The chosen network beside another. */
export interface BackboneComparison {
  name: string;
  /** The other's log loss less the chosen one's. */
  logLossDifference: number;
  /** Two-sided p value of the sign-flip test of the photos' log losses. */
  logLossPValue: number;
  /** Photos that one got right and the other wrong, and McNemar's exact test of them. */
  onlyChosenRight: number;
  onlyOtherRight: number;
  accuracyPValue: number;
}

export interface ChosenBackbone {
  chosen: string;
  /** The best first. */
  scores: BackboneScore[];
  /** The others, in the same order. */
  comparisons: BackboneComparison[];
}

/** What is kept of a network while others are looked at: of each photo, not its features. */
export interface BackboneAnswers extends BackboneScore {
  losses: Float64Array;
  right: boolean[];
  /** Fitted to all photos. */
  classifier: LinearClassifier;
}

/** How a probe on a network's features answers photos that it did not see. */
export function answersOf(
  name: string,
  photos: LabelledFeatures,
  options: PenaltyOptions,
): BackboneAnswers {
  const { C, curve, outOfFold: { probabilities, accuracy }, classifier } = choosePenalty(
    photos,
    options,
  );
  const classes = photos.classes.length;
  const { logLoss } = curve.find((tried) => tried.C === C)!;
  return {
    name,
    C,
    logLoss,
    accuracy,
    classifier,
    losses: Float64Array.from(
      photos.labels,
      (label, i) => -Math.log(Math.max(Number.MIN_VALUE, probabilities[i * classes + label])),
    ),
    right: Array.from(
      photos.labels,
      (label, i) => argmax(probabilities, i * classes, classes) === label,
    ),
  };
}

/**
 * The network of the smallest log loss, of equals the first, and whether chance alone may have put it
 * before the others. The tests take photos as independent, which the fits, sharing most of what they
 * learned from, are not quite: a p value near a bound decides nothing.
 *
 * @param answers of the same photos in the same order
 */
export function chooseBackbone(
  answers: readonly BackboneAnswers[],
  { seed }: { seed: number },
): ChosenBackbone {
  const ranked = answers.toSorted((a, b) => a.logLoss - b.logLoss);
  const [first, ...others] = ranked;
  return {
    chosen: first.name,
    scores: ranked.map(({ name, C, logLoss, accuracy }) => ({ name, C, logLoss, accuracy })),
    comparisons: others.map((other) => {
      const only = (a: BackboneAnswers, b: BackboneAnswers) =>
        a.right.filter((right, i) => right && !b.right[i]).length;
      const onlyChosenRight = only(first, other), onlyOtherRight = only(other, first);
      return {
        name: other.name,
        logLossDifference: other.logLoss - first.logLoss,
        logLossPValue: signFlipTest(other.losses.map((loss, i) => loss - first.losses[i]), seed),
        onlyChosenRight,
        onlyOtherRight,
        accuracyPValue: mcnemarExact(onlyChosenRight, onlyOtherRight),
      };
    }),
  };
}

/** The head of `--recipe best`, with all choices that are made for it. */
import type { ProbeRecipe } from "../../models/manifest.ts";
import { type Balance, balanceTaken, shareCorrection } from "../balance.ts";
import { balancePhotos, photosByClass } from "./balance_photos.ts";
import { choosePenalty, type ChosenPenalty, type PenaltyOptions } from "./choose_penalty.ts";
import type { LabelledFeatures } from "./labelled_features.ts";

export interface FittedProbe extends ChosenPenalty {
  /** What was made of rare classes. */
  balance: Balance;
}

/**
 * Chooses the penalty by cross-validation and fits all photos, rare classes counting as much as
 * frequent ones where that is asked for; its probabilities are then of the true shares.
 *
 * @param balance auto: by the counts; absent: not
 * @throws {Error} as `choosePenalty`
 */
export function fitProbe(
  photos: LabelledFeatures,
  balance: ProbeRecipe["balance"],
  options: PenaltyOptions,
): FittedProbe {
  const counts = photosByClass(photos);
  const taken = balanceTaken(balance, counts);
  const fitted = choosePenalty(balancePhotos(photos, taken, options.seed), options);
  if (taken === "none") return { ...fitted, balance: taken };
  const offsets = shareCorrection(fitted.outOfFold.probabilities, counts);
  const intercept = fitted.classifier.intercept.map((bias, label) => bias + offsets[label]);
  return { ...fitted, classifier: { ...fitted.classifier, intercept }, balance: taken };
}

/** How good the whole way of choosing is: photos are asked of a model that was chosen without them. */
import { answersOf, chooseBackbone } from "./choose_backbone.ts";
import { stratifiedGroupKFold, trainAndHeldOut } from "./cross_validation.ts";
import type { ProbeRecipe } from "../../models/manifest.ts";
import { fitProbe } from "./fit_probe.ts";
import type { PenaltyOptions } from "./choose_penalty.ts";
import { type LabelledFeatures, takePhotos } from "./labelled_features.ts";
import { decisionFunction } from "./logistic_regression.ts";

export interface HeldOutAnswers {
  /** The network that was chosen without these photos. */
  chosen: string;
  C: number;
  /** Indices of the photos. */
  photos: Int32Array;
  /** [photos × classes] */
  logits: Float64Array;
}

/**
 * Leaves one part out, chooses among networks and penalties by cross-validation of the others, fits
 * the chosen one to them, and asks it about the part.
 *
 * @param networks what each says of the same photos in the same order
 * @param fold the part, 0 … nSplits − 1
 * @param options with how the head is balanced
 * @throws {Error} as `stratifiedGroupKFold`, also where what is left cannot be divided again
 */
export function answerHeldOut(
  networks: readonly { name: string; photos: LabelledFeatures }[],
  fold: number,
  { balance, ...options }: PenaltyOptions & Pick<ProbeRecipe, "balance">,
): HeldOutAnswers {
  const foldOf = stratifiedGroupKFold(networks[0].photos, options);
  const [rows, heldOut] = trainAndHeldOut(foldOf, fold);
  const answers = networks.map(({ name, photos }) =>
    answersOf(name, takePhotos(photos, rows), options)
  );
  const { chosen } = chooseBackbone(answers, options);
  const { photos } = networks.find(({ name }) => name === chosen)!;
  // As the head itself is fitted; where it is not balanced, that was done already.
  const { C, classifier } = balance === undefined || balance === "none"
    ? answers.find(({ name }) => name === chosen)!
    : fitProbe(takePhotos(photos, rows), balance, options);
  const { features } = photos;
  return { chosen, C, photos: heldOut, logits: decisionFunction(classifier, features, heldOut) };
}

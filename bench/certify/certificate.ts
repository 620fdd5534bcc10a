/** Every stage from a photo's bytes to the fifth optimiser step, beside PyTorch's. */
import { BRANCHES } from "../../models/manifest.ts";
import type { Check } from "./check.ts";
import { checkDecoding } from "./decoding.ts";
import {
  checkGradients,
  checkLogits,
  checkOtherSteps,
  checkTraining,
  referenceCases,
  stepsCases,
} from "./models.ts";
import { checkRandomNumbers } from "./random_numbers.ts";
import { checkTransforms } from "./transforms.ts";
import { checkWeights } from "./weights.ts";

/** Measures every stage, the models on the active backend; yields each check when it is done. */
export async function* certify(): AsyncGenerator<Check> {
  yield* checkRandomNumbers();
  yield* checkDecoding();
  yield* checkTransforms();
  yield* checkWeights();
  const references = await referenceCases();
  for (const reference of references) yield* await checkLogits(reference);
  for (const reference of references) {
    yield* await checkGradients(reference);
    for (const branch of BRANCHES) yield* await checkTraining(reference, branch);
  }
  for (const reference of await stepsCases()) yield* await checkOtherSteps(reference);
}

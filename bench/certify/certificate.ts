/** Every stage from a photo's bytes to the fifth optimiser step, beside PyTorch's. */
import { BRANCHES } from "../../models/manifest.ts";
import type { Check } from "./check.ts";
import { checkDecoding } from "./decoding.ts";
import {
  checkGradients,
  checkLogits,
  checkOtherSteps,
  checkTraining,
  type ReferenceCase,
  referenceCases,
  stepsCases,
} from "./models.ts";
import { checkRandomNumbers } from "./random_numbers.ts";
import { checkTransforms } from "./transforms.ts";
import { checkWeights } from "./weights.ts";

/** The part-th of so many shares of the work, which processes may do at the same time. */
export interface Share {
  part: number;
  of: number;
}

/** Measures every stage, the models on the active backend; yields each check when it is done. */
export async function* certify(
  { part, of }: Share = { part: 1, of: 1 },
): AsyncGenerator<Check> {
  const references = await referenceCases(), steps = await stepsCases();
  const jobs = [
    ...[checkRandomNumbers, checkDecoding, checkTransforms, checkWeights],
    ...references.map((reference) => () => checkLogits(reference)),
    ...references.map((reference) => () => learning(reference)),
    ...steps.map((reference) => () => checkOtherSteps(reference)),
  ];
  for (const [i, job] of jobs.entries()) {
    if (i % of === part - 1) yield* await job();
  }
}

async function* learning(reference: ReferenceCase): AsyncGenerator<Check> {
  yield* await checkGradients(reference);
  for (const branch of BRANCHES) yield* await checkTraining(reference, branch);
}

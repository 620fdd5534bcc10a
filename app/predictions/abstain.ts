/** `predict --abstain 0.95`: from which probability on a model answers. */
import {
  answeredInWords,
  type ChosenThreshold,
  thresholdFor,
  withheldInWords,
} from "../../data/statistics/abstention_in_words.ts";
import { percent } from "../../data/statistics/percent.ts";
import { FEWEST_PHOTOS } from "../../inference/abstention.ts";
import { UsageError } from "../cli/errors.ts";
import type { ChosenModel } from "../trained/choose_model.ts";

/**
 * The threshold at which evaluation saw the model be right as often as is asked for.
 * @throws {UsageError} where there is none, with the reason
 */
export function abstainingAt(
  target: number,
  { abstention }: Pick<ChosenModel, "abstention">,
): ChosenThreshold {
  if (abstention === undefined) {
    throw new UsageError(
      "--abstain needs a model that this version of graft evaluated, and this one has no " +
        "thresholds: `deno task evaluate` with the flags of its run finds them",
    );
  }
  if (abstention === null) {
    throw new UsageError(
      `--abstain needs ${FEWEST_PHOTOS} validation photos or more to choose a threshold by: with ` +
        "fewer, as this model has, a handful of mistakes would decide it",
    );
  }
  const chosen = thresholdFor(abstention, target);
  if (chosen) return chosen;
  const { answered, correct } = abstention.thresholds.at(-1)!;
  throw new UsageError(
    `--abstain ${target}: no threshold makes this model right so often; the best, at ` +
      `${percent(correct / answered)}, is reached by ${answered} of ${abstention.total} val photos`,
  );
}

/** What the threshold costs and brings, for people. */
export function describeThreshold(target: number, chosen: ChosenThreshold): string {
  if (chosen.probability === 0) {
    return `answers every photo: that is right ${percent(target)} of the time or more already`;
  }
  return `answers from a probability of ${percent(chosen.probability)} on: abstains on ` +
    `${withheldInWords(chosen)}, right on ${answeredInWords(chosen)}`;
}

import { honestScore, type MeasuredOn, type Scores } from "./honest_score.ts";
import { counted, percent, percentRange } from "./percent.ts";

/** A share of photos that were answered rightly. */
export interface Accuracy {
  accuracy: number;
  correct: number;
  total: number;
  /** Wilson's 95% interval. */
  interval: readonly [number, number];
}

const PHOTOS: Record<MeasuredOn, (total: number) => string> = {
  test: (total) => `the ${counted(total, "test photo")}, by which nothing was chosen`,
  cross_validated: (total) =>
    `the ${counted(total, "photo")} to train on, each asked of a model that had not seen it`,
  val: (total) => `the ${counted(total, "photo")} kept aside`,
};
const TERM: Record<MeasuredOn, string> = {
  test: "test accuracy",
  cross_validated: "cross-validated accuracy",
  val: "validation accuracy",
};

/**
 * `right on 147 of the 153 photos kept aside (validation accuracy 96.1%; 91.7% to 98.2% with 95%
 * confidence)`: first what anyone understands, then what the field calls it. Of several scores the
 * most honest one.
 */
export function accuracyInWords(scores: Scores<Accuracy>): string {
  const { score: { accuracy, correct, total, interval }, on } = honestScore(scores);
  return `right on ${correct} of ${PHOTOS[on](total)} (${TERM[on]} ${percent(accuracy)}; ` +
    `${percentRange(interval)} with 95% confidence)`;
}

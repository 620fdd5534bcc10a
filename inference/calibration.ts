/**
 * Probabilities that mean what they say: temperature scaling, and how far off they are.
 * Guo et al. 2017, "On Calibration of Modern Neural Networks", https://arxiv.org/abs/1706.04599.
 */
import { argmax, softmax } from "../models/logits.ts";

/** A photo's logits and what it is. */
export interface Labelled {
  label: number;
  logits: ArrayLike<number>;
}

export interface Calibration {
  /** Logits are divided by it before softmax: above 1 where the model was too sure of itself. */
  temperature: number;
  /** Expected calibration error before, and after by temperatures fitted on other photos. */
  ece: { before: number; after: number };
  /** Mean negative log likelihood, likewise. */
  nll: { before: number; after: number };
}

/** Bins of equal width of the calibration error, as in the paper. */
const BINS = 15;
/** Photos are measured by a temperature that the other folds gave. */
const FOLDS = 5;
/**
 * Standard deviation of log T about 0 before any photo was seen. Few photos, all of them right, would
 * else give T = 0 and a model that is certain of everything; of a hundred it decides hardly anything.
 */
const PRIOR = 0.5;
const LOG_RANGE = 4;

/** Probabilities at a temperature. */
export function calibrated(logits: ArrayLike<number>, temperature: number): number[] {
  return softmax(Array.from(logits, (logit) => logit / temperature));
}

/** The temperature that makes `photos` likeliest, with a weak prior at 1; 1 without photos. */
export function fitTemperature(photos: readonly Labelled[]): number {
  // In log T the sum need not be convex, but it has one minimum: golden section finds it.
  const cost = (log: number) =>
    photos.length * negativeLogLikelihood(photos, Math.exp(log)) + (log / PRIOR) ** 2 / 2;
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-LOG_RANGE, LOG_RANGE];
  while (high - low > 1e-6) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (cost(a) < cost(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}

/** Mean of -log p(label), in nats. */
export function negativeLogLikelihood(photos: readonly Labelled[], temperature = 1): number {
  return mean(photos.map(({ logits, label }) => surprise(logits, label, temperature)));
}

function surprise(logits: ArrayLike<number>, label: number, temperature: number): number {
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i] / temperature);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i] / temperature - max);
  return Math.log(sum) + max - logits[label] / temperature;
}

/**
 * Expected calibration error: over bins of the winning probability, the mean distance of accuracy from
 * probability, each weighted by its photos.
 */
export function expectedCalibrationError(
  outcomes: readonly { probability: number; right: boolean }[],
  bins: number = BINS,
): number {
  const byBin = Map.groupBy(outcomes, ({ probability }) =>
    // A bin holds its upper end, as in the paper.
    Math.max(0, Math.ceil(probability * bins) - 1));
  let error = 0;
  for (const bin of byBin.values()) {
    const accuracy = mean(bin.map(({ right }) => Number(right)));
    const confidence = mean(bin.map(({ probability }) => probability));
    error += Math.abs(accuracy - confidence) * bin.length / outcomes.length;
  }
  return error;
}

/**
 * Fits the temperature on all photos, and measures what it gives on photos that it was not fitted on.
 *
 * @param onlyIfBetter leaves it at 1 where those photos are not likelier for it: few photos, or a
 *   network that is right about how sure it is, can make a temperature worse than none
 */
export function calibrate(
  photos: readonly Labelled[],
  { onlyIfBetter = false } = {},
): Calibration {
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const [held, rest] = [photos, photos].map((all, isRest) =>
      all.filter((_, i) => (i % FOLDS === fold) !== Boolean(isRest))
    );
    return { held, temperature: fitTemperature(rest) };
  });
  const outcome = ({ logits, label }: Labelled, temperature: number) => ({
    probability: Math.max(...calibrated(logits, temperature)),
    right: argmax(logits) === label,
  });
  const before = {
    ece: expectedCalibrationError(photos.map((photo) => outcome(photo, 1))),
    nll: negativeLogLikelihood(photos),
  };
  const after = {
    ece: expectedCalibrationError(
      folds.flatMap(({ held, temperature }) => held.map((photo) => outcome(photo, temperature))),
    ),
    nll: mean(
      folds.flatMap(({ held, temperature }) =>
        held.map(({ logits, label }) => surprise(logits, label, temperature))
      ),
    ),
  };
  const isTaken = !onlyIfBetter || after.nll < before.nll;
  const measured = isTaken ? after : before;
  return {
    temperature: isTaken ? fitTemperature(photos) : 1,
    ece: { before: before.ece, after: measured.ece },
    nll: { before: before.nll, after: measured.nll },
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}

/**
 * When a model should rather say nothing: answers below a probability are withheld, so that those
 * which are given are right as often as one wants. Geifman and El-Yaniv 2017, "Selective
 * Classification for Deep Neural Networks", https://arxiv.org/abs/1705.08500.
 */
import { argmax } from "../models/logits.ts";
import { calibrated, type Labelled } from "./calibration.ts";

/** Photos that are answered at a threshold, and how many of them rightly. */
export interface Answered {
  answered: number;
  correct: number;
}

export interface Threshold extends Answered {
  /** The winning probability from which on the model answers. */
  probability: number;
}

/** What thresholds come to on photos whose classes are known. */
export interface Abstention {
  /** Photos by which thresholds are chosen. */
  total: number;
  /** From answering all on, each more often right than the one before, and answering fewer. */
  thresholds: Threshold[];
  /** The same thresholds on photos by which they were not chosen. */
  test?: { total: number; thresholds: Answered[] };
}

/** With fewer photos, a threshold would be chosen by a handful of mistakes. */
export const FEWEST_PHOTOS = 100;
/** A threshold that leaves fewer answers says nothing of how often they are right. */
const FEWEST_ANSWERS = 30;

/**
 * All thresholds worth having: whatever share of right answers is wanted, the first that reaches it
 * withholds the fewest. Undefined for fewer than 100 photos.
 *
 * @param temperature of the probabilities
 * @param test photos by which nothing was chosen
 */
export function abstention(
  photos: readonly Labelled[],
  temperature: number,
  test?: readonly Labelled[],
): Abstention | undefined {
  if (photos.length < FEWEST_PHOTOS) return undefined;
  const thresholds = thresholdsOf(answersOf(photos, temperature));
  if (!test) return { total: photos.length, thresholds };
  const answers = answersOf(test, temperature);
  return {
    total: photos.length,
    thresholds,
    test: {
      total: test.length,
      thresholds: thresholds.map(({ probability }) => answersAt(answers, probability)),
    },
  };
}

interface Answer {
  probability: number;
  isRight: boolean;
}

function answersOf(photos: readonly Labelled[], temperature: number): Answer[] {
  return photos.map(({ logits, label }) => ({
    probability: Math.max(...calibrated(logits, temperature)),
    isRight: argmax(logits) === label,
  }));
}

function answersAt(answers: readonly Answer[], threshold: number): Answered {
  const given = answers.filter(({ probability }) => probability >= threshold);
  return { answered: given.length, correct: given.filter(({ isRight }) => isRight).length };
}

function thresholdsOf(answers: readonly Answer[]): Threshold[] {
  const sorted = answers.toSorted((a, b) => a.probability - b.probability);
  let answered = answers.length;
  let correct = answers.filter(({ isRight }) => isRight).length;
  const found: Threshold[] = [{ probability: 0, answered, correct }];
  for (let i = 0; i + 1 < sorted.length && answered > FEWEST_ANSWERS; i++) {
    answered--;
    if (sorted[i].isRight) correct--;
    const [below, above] = [sorted[i].probability, sorted[i + 1].probability];
    const last = found.at(-1)!;
    // Photos that are equally sure are answered or withheld together.
    if (below < above && correct * last.answered > last.correct * answered) {
      // Between both: the same photo asked elsewhere is a rounding away from what it was here.
      found.push({ probability: (below + above) / 2, answered, correct });
    }
  }
  return found;
}

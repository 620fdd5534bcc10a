/** Which photos a person should look at. */
import { argmax, softmax } from "../models/logits.ts";
import type { ScoredPhoto } from "./score.ts";

const isRight = ({ logits, label }: ScoredPhoto) => argmax(logits) === label;

/** The mistakes that the model was surest of, the worst first: by the loss, as fastai's `top_losses`. */
export function worstMistakes<P extends ScoredPhoto>(photos: readonly P[], count: number): P[] {
  return ranked(photos.filter((photo) => !isRight(photo)), loss).slice(0, count);
}

/** The photos, right or wrong, whose two likeliest classes lie closest together, the closest first. */
export function leastSure<P extends ScoredPhoto>(photos: readonly P[], count: number): P[] {
  return ranked(photos, (photo) => -margin(photo)).slice(0, count);
}

/**
 * Photos that show what a model goes by: about half of them its worst mistakes, the rest those that
 * it was surest of and right about, the classes in turn.
 */
export function telling<P extends ScoredPhoto>(photos: readonly P[], count: number): P[] {
  const wrong = worstMistakes(photos, Math.floor(count / 2));
  const byClass = Object.values(
    Object.groupBy(ranked(photos.filter(isRight), margin), ({ label }) => label),
  ) as P[][];
  const inTurn: P[] = [];
  for (let i = 0; byClass.some((of) => i < of.length); i++) {
    inTurn.push(...byClass.flatMap((of) => of.slice(i, i + 1)));
  }
  const right = inTurn.slice(0, count - wrong.length);
  // Too few right ones: more mistakes, then.
  return [...right, ...worstMistakes(photos, count - right.length)];
}

function loss({ logits, label }: ScoredPhoto): number {
  return -Math.log(softmax(logits)[label]);
}

/** Between the likeliest and the second, in logits: no rounding to 1 hides a difference. */
function margin({ logits }: ScoredPhoto): number {
  const [first, second] = logits.toSorted((a, b) => b - a);
  return first - second;
}

/** By what `value` gives, the largest first; equals stay in their order. */
const ranked = <P>(photos: readonly P[], value: (photo: P) => number): P[] =>
  photos.map((photo) => ({ photo, of: value(photo) }))
    .sort((a, b) => b.of - a.of || 0)
    .map(({ photo }) => photo);

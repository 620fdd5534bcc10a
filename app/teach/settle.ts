/** The classifier that `deno task pipeline --recipe best --branch frozen` makes of the same photos. */
import type { Part } from "../../data/dataset_index.ts";
import { calibrate } from "../../inference/calibration.ts";
import { references, unlikeThreshold } from "../../inference/out_of_distribution.ts";
import type { ProbeRecipe } from "../../models/manifest.ts";
import { shareCorrection } from "../../training/balance.ts";
import { photosByClass } from "../../training/probe/balance_photos.ts";
import { fitProbe } from "../../training/probe/fit_probe.ts";
import { takePhotos } from "../../training/probe/labelled_features.ts";
import {
  decisionFunction,
  type LinearClassifier,
} from "../../training/probe/logistic_regression.ts";
import { matrix } from "../../training/probe/matrix.ts";

/** Photos and what the network says of them. It is sent between workers. */
export interface Lesson {
  classes: string[];
  photos: { part: Part; label: number; group?: string }[];
  /** [photos × features] */
  features: Float32Array<ArrayBuffer>;
  recipe: ProbeRecipe;
  seed: number;
}

export interface Settled {
  C: number;
  classifier: LinearClassifier;
  /** Divides logits before softmax, by the photos kept aside. */
  temperature: number;
  /** Beyond which a photo is unlike those kept aside; null where they are too few to tell. */
  unlikeBeyond: number | null;
  /**
   * Logits of each photo, [photos × classes]: of photos that were taught, from a fit that did not see
   * them; of the others, from the classifier.
   */
  answers: Float64Array<ArrayBuffer>;
  /** Of the photos for validation that were right. */
  valAccuracy: number;
}

/** @throws {DivisionError} where the photos cannot be divided for cross-validation */
export function settle({ classes, photos, features, recipe, seed }: Lesson): Settled {
  const count = classes.length;
  const all = {
    features: matrix(photos.length, features.length / photos.length, features),
    labels: Int32Array.from(photos, ({ label }) => label),
    classes,
  };
  const rowsOf = (part: Part) =>
    Int32Array.from(photos.flatMap((photo, i) => photo.part === part ? [i] : []));
  const [train, val, test] = [rowsOf("train"), rowsOf("val"), rowsOf("test")];
  const groups = photos[train[0]]?.group === undefined
    ? undefined
    : Array.from(train, (row) => photos[row].group!);
  const taught = { ...takePhotos(all, train), groups };
  const { C, classifier, outOfFold, balance } = fitProbe(taught, recipe.balance, {
    nSplits: recipe.folds,
    seed,
    Cs: recipe.penalties,
  });
  const offsets = balance === "none"
    ? classes.map(() => 0)
    : shareCorrection(outOfFold.probabilities, photosByClass(taught));
  const answers = new Float64Array(photos.length * count);
  train.forEach((row, i) => {
    for (let k = 0; k < count; k++) {
      const probability = Math.max(Number.MIN_VALUE, outOfFold.probabilities[i * count + k]);
      answers[row * count + k] = Math.log(probability) + offsets[k];
    }
  });
  for (const rows of [val, test]) {
    const logits = decisionFunction(classifier, all.features, rows);
    rows.forEach((row, i) => answers.set(logits.subarray(i * count, (i + 1) * count), row * count));
  }
  const asked = Array.from(val, (row) => ({
    label: photos[row].label,
    logits: answers.subarray(row * count, (row + 1) * count),
  }));
  const right = asked.filter(({ label, logits }) => logits.indexOf(Math.max(...logits)) === label);
  return {
    C,
    classifier,
    temperature: calibrate(asked, { onlyIfBetter: true }).temperature,
    unlikeBeyond: unlikeThreshold(familiar(photos, features)) ?? null,
    answers,
    valAccuracy: asked.length > 0 ? right.length / asked.length : 0,
  };
}

/** The features of the photos for validation, by which what is unlike them is told. */
export function familiar(photos: Lesson["photos"], features: Float32Array) {
  const size = features.length / photos.length;
  return references(
    photos.flatMap(({ part }, i) =>
      part === "val" ? [features.subarray(i * size, (i + 1) * size)] : []
    ),
  );
}

/** Facts of a made-up evaluation, under any names. */
import type { BranchFacts, ReportFacts, ShownPhoto } from "../../report/facts.ts";
import type { Branch } from "../../models/manifest.ts";
import { painted } from "./photos.ts";

const share = (correct: number, total: number) => ({
  accuracy: correct / total,
  correct,
  total,
  interval: [0.5, 0.9] as [number, number],
});

/** @param names of the classes @param file of every photo @param words for whatever is free text */
export function factsOf(
  names: readonly string[],
  { file = "val/a/1.jpg", words = "words" } = {},
): ReportFacts & { branches: Record<Branch, BranchFacts> } {
  const [first, second] = names;
  const image = painted(32, 32, (x, y) => [8 * x, 8 * y, 90]);
  const photo: ShownPhoto = {
    path: file,
    image,
    actual: first,
    predicted: second,
    probability: 0.75,
    second: { label: first, probability: 0.25 },
  };
  const epoch = (number: number) => ({
    epoch: number,
    lr: 0.001,
    train: { loss: 0.7 - number / 10, accuracy: 0.6 },
    val: { loss: number === 1 ? null : 0.5, accuracy: 0.8 },
  });
  const branch = {
    ...share(names.length, 2 * names.length),
    per_class: Object.fromEntries(names.map((name) => [name, share(1, 2)])),
    confusion: names.map((_, i) =>
      names.map((_, j) => i === j || j === (i + 1) % names.length ? 1 : 0)
    ),
    calibration: { temperature: 1.25, ece: { before: 0.08, after: 0.03 } },
    curves: { epochs: [epoch(0), epoch(1)], best: { epoch: 0, accuracy: 0.8 } },
  };
  const counts = (count: number) => Object.fromEntries(names.map((name) => [name, count]));
  return {
    classes: names,
    data: {
      origin: words,
      sha256: "0".repeat(64),
      licence: words,
      note: words,
      counts: { train: counts(3), val: counts(2) },
      smallest: { width: 10, height: 20 },
      largest: { width: 300, height: 200 },
      exifOrientation: true,
      leftOut: [{ path: file, reason: words }],
      findings: [{ severity: "warning", title: words, remedy: words, files: [file] }],
    },
    model: {
      architecture: words,
      pretrained: { origin: words, sha256: "1".repeat(64), licence: words, note: words },
      preprocessing: { resize: 256, size: 224 },
    },
    branches: { finetune: branch, frozen: { ...branch, ...share(2, 2 * names.length) } },
    comparison: {
      better: "finetune",
      only_finetune_right: 9,
      only_frozen_right: 2,
      p_value: 0.065,
    },
    shown: "finetune",
    batch: [{ image, title: first }],
    worst: [photo],
    leastSure: [{ ...photo, predicted: first }],
    explained: [{ ...photo, heat: { width: 1, height: 2, values: [0, 1] } }],
    advice: [
      { kind: "labels", files: [file] },
      { kind: "imbalance", most: { name: first, photos: 9 }, least: { name: second, photos: 3 } },
      { kind: "repair", title: words, remedy: words },
    ],
    settings: [[words, words]],
  };
}

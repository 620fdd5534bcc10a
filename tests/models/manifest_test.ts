import assert from "node:assert/strict";
import * as v from "valibot";
import {
  classCount,
  classNames,
  type ModelManifest,
  modelManifest,
  recipe,
} from "../../models/manifest.ts";

const common = {
  architecture: "resnet18",
  classes: ["ant", "bee"],
  preprocessing: { resize: 256, size: 224, mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.1] },
  pretrained: { origin: "somewhere", sha256: "00", licence: "MIT" },
} satisfies Partial<ModelManifest>;
const outcome = {
  branch: "frozen",
  seed: 3,
  bestEpoch: 1,
  valAccuracy: 0.75,
  device: "2 threads",
} as const;

Deno.test("a manifest of version 1 gains the recipe that all of its time had", () => {
  const { training, ...rest } = v.parse(modelManifest, {
    schema: 1,
    ...common,
    training: { ...outcome, epochs: 5, batchSize: 8, lr: 0.01 },
  });
  assert.deepEqual(rest, { schema: 2, ...common });
  assert.deepEqual(training, {
    ...outcome,
    recipe: { epochs: 5, batchSize: 8, lr: 0.01, momentum: 0.9, stepSize: 7, gamma: 0.1 },
  });
  const untrained = v.parse(modelManifest, { schema: 1, ...common, classes: 1000 });
  assert.deepEqual(untrained, { schema: 2, ...common, classes: 1000 });
});

Deno.test("a manifest of this version stays as it is", () => {
  const recipe = { epochs: 2, batchSize: 4, lr: 0.1, momentum: 0, stepSize: 3, gamma: 0.5 };
  const manifest = { schema: 2, ...common, training: { ...outcome, recipe } };
  assert.deepEqual(v.parse(modelManifest, manifest), manifest);
});

Deno.test("a recipe is told by its kind, and the one that has none is the tutorial's", () => {
  const stepLr = { epochs: 2, batchSize: 4, lr: 0.1, momentum: 0, stepSize: 3, gamma: 0.5 };
  const probe = { kind: "probe", penalties: [0.1, 1], folds: 5 };
  const { stepSize: _, gamma: __, ...rest } = stepLr;
  const finetune = {
    ...rest,
    kind: "finetune",
    optimizer: "adamw",
    weightDecay: 0.05,
    earliestRate: 0.1,
    warmup: 0.1,
    labelSmoothing: 0.1,
    clipNorm: null,
    averaging: 0,
    batchNorm: "running",
    augmentation: { minScale: 0.25, degrees: 10, jitter: 0.2, trivial: false, erasing: 0 },
    patience: 3,
  };
  for (const recipe of [stepLr, probe, finetune]) {
    const manifest = { schema: 2, ...common, training: { ...outcome, recipe } };
    assert.deepEqual(v.parse(modelManifest, manifest), manifest);
  }
  for (
    const wrong of [
      { ...stepLr, kind: "finetune" },
      { ...finetune, kind: undefined },
      { ...finetune, kind: "other" },
      { ...finetune, earliestRate: 0 },
      { ...finetune, clipNorm: 0 },
      { ...finetune, labelSmoothing: 1 },
      { ...finetune, augmentation: { ...finetune.augmentation, minScale: 0 } },
      { ...probe, penalties: [] },
      { ...probe, penalties: [0] },
      { ...probe, folds: 1 },
    ]
  ) assert.ok(!v.safeParse(recipe, wrong).success, JSON.stringify(wrong));
});

Deno.test("what is no manifest, or one of a later version, is refused", () => {
  for (
    const wrong of [
      null,
      "resnet18",
      { schema: 3, ...common },
      { schema: 2, ...common, classes: 0 },
      { schema: 2, ...common, preprocessing: { ...common.preprocessing, size: 0 } },
      { schema: 1, ...common, training: outcome },
    ]
  ) assert.ok(!v.safeParse(modelManifest, wrong).success, JSON.stringify(wrong));
});

Deno.test("classes without names are numbered", () => {
  assert.deepEqual(classNames({ classes: 3 }), ["class 0", "class 1", "class 2"]);
  assert.deepEqual(classNames(common), ["ant", "bee"]);
  assert.equal(classCount({ classes: 1000 }), 1000);
  assert.equal(classCount(common), 2);
});

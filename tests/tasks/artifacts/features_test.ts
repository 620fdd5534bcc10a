import assert from "node:assert/strict";
import { Dataset } from "../../../data/dataset.ts";
import type { Split } from "../../../data/dataset_index.ts";
import { labelsOf, readFeatures, writeFeatures } from "../../../tasks/artifacts/features.ts";
import { checkDivisible, stratifiedGroupKFold } from "../../../training/probe/cross_validation.ts";

const datasetOf = (labels: Record<Split, number[]>) =>
  new Dataset("/dataset", {
    schema: 1,
    classes: ["ants", "bees"],
    exifOrientation: true,
    photos: (["train", "val"] as const).flatMap((split) =>
      labels[split].map((label, i) => ({
        path: `${split}/${i}.png`,
        split,
        label,
        width: 1,
        height: 1,
        sha256: "",
        offset: 3 * i,
      }))
    ),
  });

Deno.test("features come back with the labels of the very photos that they are of", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeFeatures(
      folder,
      new Map([
        ["train", { photos: Int32Array.of(0, 2), data: Float32Array.of(1, 2, 3, 0.5, 0.25, 4) }],
        ["val", { photos: Int32Array.of(0), data: Float32Array.of(7, 8, 9) }],
      ]),
    );
    const dataset = datasetOf({ train: [1, 1, 0, 1], val: [1] });
    const train = await readFeatures(folder, "train", dataset);
    assert.deepEqual(train.labels, Int32Array.of(1, 0));
    assert.deepEqual(train.classes, ["ants", "bees"]);
    assert.deepEqual(train.features, {
      rows: 2,
      columns: 3,
      data: Float64Array.of(1, 2, 3, 0.5, 0.25, 4),
    });
    assert.deepEqual((await readFeatures(folder, "val", dataset)).labels, Int32Array.of(1));
    await assert.rejects(
      readFeatures(folder, "train", datasetOf({ train: [1], val: [1] })),
      /of other photos than \/dataset: make it anew with/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("near duplicates lie in one part of a cross-validation, and no class is of these alone", () => {
  const classes = ["ants", "bees"];
  const photos = Array.from({ length: 24 }, (_, i) => ({
    ...{ path: `train/${i}.png`, split: "train" as const, label: i % 2 },
    ...{ width: 1, height: 1, sha256: "", offset: 3 * i },
    // Each with the one two before it.
    ...(i % 8 < 4 && { alike: `train/${i % 2 + 8 * Math.floor(i / 8)}.png` }),
  }));
  const labels = labelsOf(photos, classes);
  assert.equal(new Set(labels.groups).size, 3 * (2 + 4));
  for (let seed = 0; seed < 20; seed++) {
    const foldOf = stratifiedGroupKFold(labels, { nSplits: 4, seed });
    photos.forEach(({ alike }, i) => {
      if (alike) assert.equal(foldOf[i], foldOf[Number(/\d+/.exec(alike))]);
    });
  }
  const copies = photos.map((photo) =>
    photo.label === 0 ? photo : { ...photo, alike: "train/1.png" }
  );
  assert.throws(
    () => checkDivisible(labelsOf(copies, classes), 2),
    /all 12 photos of bees belong to the group of near duplicates of train\/1\.png, which cannot be both .* add photos of bees of another group/,
  );
  assert.ok(!("groups" in labelsOf(photos.map(({ alike: _, ...photo }) => photo), classes)));
});

import assert from "node:assert/strict";
import { Dataset } from "../../../data/dataset.ts";
import type { Split } from "../../../data/dataset_index.ts";
import { readFeatures, writeFeatures } from "../../../tasks/artifacts/features.ts";

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

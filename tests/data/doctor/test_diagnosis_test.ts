/** What the doctor says of photos to test by, beside those that a model is made by. */
import assert from "node:assert/strict";
import type { Examined } from "../../../data/examined.ts";
import { decodePhoto } from "../../../data/decode_photo.ts";
import { comparedPhotos } from "../../../data/doctor/duplicate_findings.ts";
import { diagnoseTest } from "../../../data/doctor/test_diagnosis.ts";
import { examinedFrom } from "../../../data/examined.ts";
import type { Part } from "../../../data/dataset_index.ts";
import { png } from "../image_files.ts";
import { scene } from "../scene.ts";

const VIEWING = { resize: 32, size: 28, exifOrientation: true };
const CLASSES = ["ants", "bees"];

async function examined(split: Part, className: string, seed: number): Promise<Examined> {
  const file = png(scene(seed, 48, 36)) as Uint8Array<ArrayBuffer>;
  const decoded = await decodePhoto(file, { exifOrientation: true, examine: true });
  return examinedFrom(`${split}/${className}/${seed}.png`, { split, className }, decoded);
}

async function diagnosed(others: [Part, string, number][], test: [string, number][]) {
  const of = (all: [Part, string, number][]) => Promise.all(all.map((one) => examined(...one)));
  const findings = diagnoseTest({
    test: await of(test.map(([name, seed]) => ["test", name, seed])),
    others: comparedPhotos(await of(others)),
    classes: CLASSES,
  }, VIEWING);
  return findings.map(({ kind, title, files }) => ({ kind, title, files }));
}

Deno.test("a photo of test that was trained on, or that val has, is an error with its name", async () => {
  const findings = await diagnosed([
    ["train", "ants", 1],
    ["val", "bees", 2],
    ["train", "bees", 3],
    ["train", "bees", 3], // copies among the others are told where these are packed
  ], [["ants", 1], ["bees", 2], ["bees", 9]]);
  assert.deepEqual(findings.filter(({ kind }) => kind !== "accuracy_interval"), [{
    kind: "leakage",
    title: "4 photos in 2 groups are in test and, the same or nearly so, in train or val: the " +
      "accuracy on test will be too high",
    files: ["train/ants/1.png", "test/ants/1.png", "val/bees/2.png", "test/bees/2.png"],
  }]);
  const [interval] = findings.filter(({ kind }) => kind === "accuracy_interval");
  assert.match(interval.title, /^with 3 test photos, .*anything from/);
});

Deno.test("a class that test lacks, and photos of test with two labels, are named", async () => {
  const findings = await diagnosed([["train", "ants", 1]], [["bees", 1], ["bees", 2]]);
  const titles = findings.map(({ kind, title }) => `${kind}: ${title}`).join("\n");
  assert.match(titles, /class_without_test: test lacks classes: ants/);
  assert.match(titles, /conflicting_labels: 2 photos in 1 group are in more than one class/);
});

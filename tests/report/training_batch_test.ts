import assert from "node:assert/strict";
import { buildDataset } from "../../data/build_dataset.ts";
import { openDataset } from "../../data/dataset.ts";
import { FITS } from "../../data/fit.ts";
import type { RgbImage } from "../../data/image.ts";
import { trainingBatch } from "../../report/training_batch.ts";
import { toPpm, withTempFolder, writeFiles } from "../data/photo_folder.ts";

const WIDTH = 80, HEIGHT = 20, SIZE = 32;
const MEAN = [0.485, 0.456, 0.406];

/** Blue, so that it is not like the margins. */
function wide(): RgbImage {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let at = 2; at < data.length; at += 3) data[at] = 255;
  return { width: WIDTH, height: HEIGHT, data };
}

Deno.test("the batch is of squares as the network sees them: whole or not, with margins, of its size", () =>
  withTempFolder(async (folder) => {
    const photos = ["a", "b"].flatMap((name) => ["1", "2"].map((file) => `${name}/${file}.ppm`));
    const bytes = toPpm(wide());
    await writeFiles(
      `${folder}/photos`,
      Object.fromEntries(
        ["train", "val"].flatMap((part) => photos.map((path) => [`${part}/${path}`, bytes])),
      ),
    );
    await Deno.mkdir(`${folder}/out`);
    await buildDataset(`${folder}/photos`, `${folder}/out`, { workers: 0 });
    using dataset = await openDataset(`${folder}/out`);
    for (const fit of FITS) {
      const batch = await trainingBatch(dataset, { fit, size: SIZE, mean: MEAN });
      assert.equal(batch.length, 4);
      for (const { image: { width, height, data } } of batch) {
        assert.deepEqual([width, height, data.length], [SIZE, SIZE, 3 * SIZE * SIZE], fit);
        // A wide photo fills the square, unless it lies on the mean colour.
        const margin = fit === "pad" ? [124, 116, 104] : [0, 0, 255];
        assert.deepEqual([...data.subarray(0, 3)], margin, fit);
        const middle = 3 * (SIZE * SIZE / 2 + SIZE / 2);
        assert.deepEqual([...data.subarray(middle, middle + 3)], [0, 0, 255], fit);
      }
      assert.deepEqual(new Set(batch.map(({ title }) => title)), new Set(["a", "b"]));
    }
  }));

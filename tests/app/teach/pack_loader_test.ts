/** A page's batches are the pipeline's: the same photos, cuts and numbers. */
import assert from "node:assert/strict";
import { PackLoader } from "../../../app/teach/pack_loader.ts";
import { packPhotos } from "../../../app/teach/photo_pack.ts";
import { buildDataset } from "../../../data/build_dataset.ts";
import { openDataset } from "../../../data/dataset.ts";
import { decodeImage } from "../../../data/decode.ts";
import { DataLoader, type LoaderOptions } from "../../../data/loader.ts";
import { boundShortSide } from "../../../data/short_side.ts";
import { Generator } from "../../../data/torch_random.ts";
import { writePhotoFolder } from "../../tasks/generated_photos.ts";

const SIZE = 32, SHORT_SIDE = 48;
const AUGMENTATION = { minScale: 0.3, degrees: 20, jitter: 0.3, trivial: true, erasing: 0.5 };

/** In memory, as browsers without a private file system keep it. */
function inMemory() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const whole = new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).blob();
  return { stream: writable, done: () => whole };
}

Deno.test("batches are those of the pipeline's loader, epoch after epoch, to the last bit", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writePhotoFolder(`${folder}/photos`, { train: 3, val: 2 });
    await Deno.mkdir(`${folder}/dataset`);
    const options = { exifOrientation: true, shortSide: SHORT_SIDE };
    await buildDataset(`${folder}/photos`, `${folder}/dataset`, options);
    using dataset = await openDataset(`${folder}/dataset`);
    const listed = dataset.photos("train");
    const files = await Promise.all(
      listed.map(async ({ path }) => new Blob([await Deno.readFile(`${folder}/photos/${path}`)])),
    );
    const told: number[] = [];
    const pack = await packPhotos(
      files,
      async (photo) => boundShortSide(await decodeImage(await photo.bytes()), SHORT_SIDE),
      inMemory(),
      (done) => told.push(done),
    );
    assert.deepEqual(told, files.map((_, i) => i + 1));
    const photos = pack.photos.map((photo, i) => ({ ...photo, label: listed[i].label }));
    const mean: [number, number, number] = [0.5, 0.4, 0.3], std: typeof mean = [0.2, 0.3, 0.4];
    for (const fit of ["crop", "pad"] as const) {
      for (const crop of [true, false]) {
        const common = {
          batchSize: 4,
          shuffle: true,
          weights: crop ? photos.map((_, i) => i + 1) : undefined,
          augmentation: crop ? AUGMENTATION : undefined,
          noisePerPhoto: crop ? 5 : undefined,
        };
        const cut = { size: SIZE, resize: 40, fit, interpolation: "bicubic" as const };
        const own = new PackLoader({
          ...common,
          pixels: pack.pixels,
          photos,
          crop,
          preprocessing: { ...cut, mean, std },
          generator: new Generator(7),
        });
        const theirs: LoaderOptions = {
          ...common,
          ...cut,
          split: "train",
          transform: crop ? "train" : "eval",
          normalization: { mean, std },
          generator: new Generator(7),
          workers: 0,
        };
        using expected = new DataLoader(dataset, theirs);
        assert.equal(own.length, expected.length);
        for (let epoch = 0; epoch < 2; epoch++) {
          assert.deepEqual(await Array.fromAsync(own), await Array.fromAsync(expected));
        }
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

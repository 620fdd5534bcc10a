import assert from "node:assert/strict";
import { buildDataset } from "../../data/build_dataset.ts";
import { type Dataset, openDataset } from "../../data/dataset.ts";
import type { Split } from "../../data/dataset_index.ts";
import type { RgbImage } from "../../data/image.ts";
import {
  DataLoader,
  type LoadedBatch,
  type LoaderOptions,
  workersBeside,
} from "../../data/loader.ts";
import { linearInit } from "../../data/torch_init.ts";
import { Generator } from "../../data/torch_random.ts";
import { trainingCrop } from "../../data/training_crop.ts";
import { evaluationCrop, normalizer } from "../../data/transforms.ts";
import fixture from "../../bench/certify/fixtures/data/loader_order.json" with { type: "json" };
import { toPpm, withTempFolder, writeFiles } from "./photo_folder.ts";
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";

const NORMALIZATION = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Runs a test with a dataset of photos of these sizes, the first half of one class. */
function withDataset(
  sizes: Record<Split, number[][]>,
  test: (dataset: Dataset) => Promise<void>,
  photo: (stream: number, width: number, height: number) => RgbImage = syntheticPhoto,
): Promise<void> {
  return withTempFolder(async (folder) => {
    const files: Record<string, Uint8Array> = {};
    for (const split of ["train", "val"] as const) {
      for (const [i, [width, height]] of sizes[split].entries()) {
        const name = `${i < sizes[split].length / 2 ? "a" : "b"}/${String(i).padStart(3, "0")}`;
        files[`${split}/${name}.ppm`] = toPpm(photo(i, width, height));
      }
    }
    await writeFiles(`${folder}/photos`, files);
    await Deno.mkdir(`${folder}/out`);
    await buildDataset(`${folder}/photos`, `${folder}/out`, { workers: 2 });
    using dataset = await openDataset(`${folder}/out`);
    await test(dataset);
  });
}

function blackPhoto(_: number, width: number, height: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

const SMALL = {
  train: [[30, 20], [20, 30], [9, 9], [40, 7], [8, 50], [25, 25], [12, 31]],
  val: [[33, 22], [17, 40], [10, 10], [64, 48], [5, 5]],
};

function options(overrides: Partial<LoaderOptions> = {}): LoaderOptions {
  return {
    split: "train",
    batchSize: 3,
    shuffle: true,
    transform: "train",
    generator: new Generator(0),
    normalization: NORMALIZATION,
    size: 16,
    resize: 18,
    workers: 0,
    ...overrides,
  };
}

async function epoch(loader: DataLoader): Promise<LoadedBatch[]> {
  return await Array.fromAsync(loader);
}

for (const transform of ["train", "eval"] as const) {
  Deno.test(`batches of ${transform} that are left as bytes are the same once they are normalised`, () =>
    withDataset(SMALL, async (dataset) => {
      for (const workers of [0, 2]) {
        using plain = new DataLoader(dataset, options({ transform, workers }));
        using raw = new DataLoader(dataset, options({ transform, workers, raw: true }));
        // Of the second epoch crops of eval are known.
        for (let i = 0; i < 2; i++) {
          const expected = await epoch(plain), batches = await epoch(raw);
          assert.equal(batches.length, expected.length);
          for (const [at, batch] of batches.entries()) {
            assert.ok(batch.raw);
            const { bytes, table } = batch.raw;
            const values = Float32Array.from(bytes, (byte, i) => table[i % 3 * 256 + byte]);
            assert.deepEqual(values, expected[at].images);
            assert.deepEqual(batch.images, expected[at].images);
            assert.deepEqual(batch.labels, expected[at].labels);
            assert.deepEqual(batch.indices, expected[at].indices);
            assert.equal(expected[at].raw, undefined);
          }
        }
      }
    }));
}

Deno.test("where some of a photo is erased none is left as bytes: no byte is a normalised zero", () =>
  withDataset(SMALL, async (dataset) => {
    const augmentation = { minScale: 0.5, degrees: 0, jitter: 0, trivial: false, erasing: 1 };
    const [plain, raw] = [false, true].map((raw) =>
      new DataLoader(dataset, options({ augmentation, raw, generator: new Generator(3) }))
    );
    const expected = await epoch(plain), batches = await epoch(raw);
    assert.ok(expected.some(({ crops }) => crops.some(({ erased }) => erased)));
    for (const [i, { images, raw }] of batches.entries()) {
      assert.equal(raw, undefined);
      assert.deepEqual(images, expected[i].images);
    }
  }));

Deno.test("seeds give PyTorch's order, crops and flips, epoch after epoch of train and val", () =>
  withDataset({ train: fixture.train, val: fixture.val }, async (dataset) => {
    for (const run of fixture.runs) {
      const generator = new Generator(run.seed);
      linearInit(generator, run.in_features, 2);
      const shared = { generator, batchSize: fixture.batch_size, workers: 2 };
      using train = new DataLoader(dataset, options(shared));
      using val = new DataLoader(dataset, options({ ...shared, split: "val", transform: "eval" }));
      for (const phase of run.phases) {
        const batches = await epoch(phase.split === "train" ? train : val);
        assert.deepEqual(batches.map(({ indices }) => indices), phase.batches);
        assert.deepEqual(batches.flatMap(({ crops }) => crops), phase.crops);
      }
      assert.equal(generator.uniform(), run.rand_after, "as many numbers were drawn as in torch");
    }
  }, blackPhoto));

for (const transform of ["train", "eval"] as const) {
  Deno.test(`batches of ${transform} are the photos, cut and normalised, for any workers`, () =>
    withDataset(SMALL, async (dataset) => {
      const normalize = normalizer(NORMALIZATION);
      for (const workers of [0, 1, 3]) {
        using loader = new DataLoader(dataset, options({ transform, workers }));
        const batches = await epoch(loader);
        assert.deepEqual(batches.map(({ labels }) => labels.length), [3, 3, 1]);
        assert.equal(loader.length, 3);
        for (const { images, labels, indices, crops } of batches) {
          for (const [i, index] of indices.entries()) {
            const photo = dataset.readPhoto("train", index);
            const pixels = transform === "train"
              ? trainingCrop(photo, crops[i], { size: 16 })
              : evaluationCrop(photo, 18, 16);
            const expected = new Float32Array(pixels.length);
            normalize(pixels, expected);
            const image = images.subarray(i * pixels.length, (i + 1) * pixels.length);
            assert.deepEqual(image, expected, `photo ${index} with ${workers} workers`);
            assert.equal(labels[i], dataset.photos("train")[index].label);
          }
        }
      }
    }));
}

Deno.test("as many workers as there may be beside a GPU give the batches of none, bit by bit", () =>
  withDataset(SMALL, async (dataset) => {
    const augmentation = { minScale: 0.35, degrees: 15, jitter: 0.4, trivial: true, erasing: 0.5 };
    const epochs = async (workers: number) => {
      const generator = new Generator(7), shared = { batchSize: 2, generator, workers };
      using train = new DataLoader(dataset, options({ ...shared, augmentation, noisePerPhoto: 5 }));
      using val = new DataLoader(dataset, options({ ...shared, split: "val", transform: "eval" }));
      const batches = [];
      for (const loader of [train, val, train, val]) batches.push(...await epoch(loader));
      return { batches, after: generator.saveState() };
    };
    assert.deepEqual(await epochs(workersBeside("webgpu", 64)), await epochs(0));
  }));

Deno.test("loading takes one worker where the CPU computes, else no core from what drives the GPU", () => {
  assert.deepEqual([1, 2, 64].map((cores) => workersBeside("wasm", cores)), [1, 1, 1]);
  assert.deepEqual([1, 2, 3, 4, 5, 64].map((cores) => workersBeside("webgpu", cores)), [
    ...[1, 1, 2, 3, 4, 4],
  ]);
});

Deno.test("every photo is taken once an epoch, in order unless shuffled", () =>
  withDataset(SMALL, async (dataset) => {
    using shuffled = new DataLoader(dataset, options());
    const orders = [];
    for (let i = 0; i < 3; i++) {
      const order = (await epoch(shuffled)).flatMap(({ indices }) => indices);
      assert.deepEqual(order.toSorted(), [0, 1, 2, 3, 4, 5, 6]);
      orders.push(order.join());
    }
    assert.equal(new Set(orders).size, 3);
    using inOrder = new DataLoader(dataset, options({ split: "val", shuffle: false }));
    assert.deepEqual((await epoch(inOrder)).map(({ indices }) => indices), [[0, 1, 2], [3, 4]]);
  }));

Deno.test("evaluation is the same in every epoch, with all, some or no crops kept", () =>
  withDataset(SMALL, async (dataset) => {
    const reference: LoadedBatch[][] = [];
    for (const cacheBytes of [0, 2 * 16 * 16 * 3, 2 ** 20]) {
      using loader = new DataLoader(
        dataset,
        options({ split: "val", transform: "eval", cacheBytes, workers: 1 }),
      );
      const epochs = [await epoch(loader), await epoch(loader), await epoch(loader)];
      reference.push(epochs.flat());
    }
    assert.deepEqual(reference[1], reference[0]);
    assert.deepEqual(reference[2], reference[0]);
  }));

Deno.test("kept crops are not read again", () =>
  withDataset(SMALL, async (dataset) => {
    using loader = new DataLoader(dataset, options({ split: "val", transform: "eval" }));
    const first = await epoch(loader);
    await Deno.truncate(dataset.packPath("val"), 0);
    const images = (batches: LoadedBatch[]) =>
      batches.flatMap(({ indices, images }) =>
        indices.map((index, i) => [index, images.slice(i * 768, (i + 1) * 768)] as const)
      ).sort(([a], [b]) => a - b);
    assert.deepEqual(images(await epoch(loader)), images(first));
  }));

for (const workers of [0, 2]) {
  Deno.test(`a pack that is cut off meanwhile ends the epoch with its name (${workers} workers)`, () =>
    withDataset(SMALL, async (dataset) => {
      using loader = new DataLoader(dataset, options({ workers }));
      await Deno.truncate(dataset.packPath("train"), 100);
      await assert.rejects(
        epoch(loader),
        /train\.pack ends before byte \d+: build the dataset again/,
      );
    }));
}

Deno.test("an epoch may be left early, and the next is whole", () =>
  withDataset(SMALL, async (dataset) => {
    using loader = new DataLoader(dataset, options({ workers: 2 }));
    for await (const { indices } of loader) {
      assert.equal(indices.length, 3);
      break;
    }
    assert.equal((await epoch(loader)).flatMap(({ indices }) => indices).length, 7);
  }));

Deno.test("a closed loader says so", () =>
  withDataset(SMALL, async (dataset) => {
    const loader = new DataLoader(dataset, options({ workers: 2 }));
    loader.close();
    await assert.rejects(epoch(loader), /closed/);
  }));

Deno.test("impossible options are refused", () =>
  withDataset(SMALL, (dataset) => {
    assert.throws(() => new DataLoader(dataset, options({ batchSize: 0 })), /batch size/);
    assert.throws(() => new DataLoader(dataset, options({ workers: -1 })), /workers/);
    return Promise.resolve();
  }));

/** Two epochs beside PyTorch's: same photos, crops, head and dropout, and the same losses. */
import assert from "node:assert/strict";
import { activateBackend } from "../../../backend/activate.ts";
import { hashUniform } from "../../../bench/certify/hash_numbers.ts";
import { referenceTensors } from "../../../bench/certify/reference_model.ts";
import { buildDataset } from "../../../data/build_dataset.ts";
import { openDataset } from "../../../data/dataset.ts";
import { DataLoader } from "../../../data/loader.ts";
import { Generator } from "../../../data/torch_random.ts";
import { Model } from "../../../models/model.ts";
import { dropoutSize } from "../../../models/parameter_specs.ts";
import { findArchitecture } from "../../../models/registry.ts";
import { fit } from "../../../training/fit.ts";
import { replaceHead } from "../../../training/head.ts";
import { RECIPES } from "../../../training/recipes.ts";
import { traceStep } from "../../../training/trace.ts";
import type { Branch } from "../../../models/manifest.ts";
import { toPpm, withTempFolder, writeFiles } from "../../data/photo_folder.ts";

/** As tests/reference/whole_run.py writes it. */
interface WholeRun {
  seed: number;
  epochs: number;
  batch_size: number;
  resize: number;
  size: number;
  photos: Record<"train" | "val", number>;
  sides: [width: number, height: number][];
  runs: {
    model: string;
    branch: Branch;
    head: [weight: number[], bias: number[]];
    batches: {
      epoch: number;
      split: "train" | "val";
      loss: number;
      photos: { path: string; box?: number[]; flip?: boolean }[];
    }[];
  }[];
}

const expected: WholeRun = JSON.parse(
  await Deno.readTextFile(new URL("../../fixtures/bench/whole_run.json", import.meta.url)),
);

/** Relative, of each batch's loss. */
const BOUND: Record<Branch, number> = { finetune: 1e-3, frozen: 1e-4 };

function photoFiles(): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  let stream = 0;
  for (const [split, count] of Object.entries(expected.photos)) {
    for (let i = 0; i < count; i++) {
      const [width, height] = expected.sides[i % expected.sides.length];
      const values = hashUniform(++stream, width * height * 3);
      const data = Uint8Array.from(values, (value) => (value + 1) * 128);
      for (let at = i % 2; at < data.length; at += 3) data[at] >>= 2;
      const name = `${split}/${["ants", "bees"][i % 2]}/${String(i).padStart(2, "0")}.ppm`;
      files[name] = toPpm({ width, height, data });
    }
  }
  return files;
}

for (const { model: name, branch, head, batches } of expected.runs) {
  Deno.test(`a seed gives PyTorch's ${branch} run of ${name}: its photos, crops, head and losses`, () =>
    withTempFolder(async (folder) => {
      await activateBackend("wasm");
      await writeFiles(`${folder}/photos`, photoFiles());
      await Deno.mkdir(`${folder}/dataset`);
      await buildDataset(`${folder}/photos`, `${folder}/dataset`, { workers: 1 });
      using dataset = await openDataset(`${folder}/dataset`);

      const { resize, size } = expected;
      const original = findArchitecture(name);
      const preprocessing = { ...original.preprocessing, resize, size };
      const architecture = { ...original, preprocessing };
      const generator = new Generator(expected.seed);
      const pretrained = await referenceTensors(name, 1000);
      const tensors = replaceHead(pretrained, architecture, 2, generator);
      const weight = tensors.get(`${architecture.head}.weight`)!.data;
      const transposed = [0, 1].flatMap((out) =>
        Array.from(weight.filter((_, i) => i % 2 === out))
      );
      const [expectedWeight, expectedBias] = head.map((part) =>
        Array.from(Float32Array.from(part))
      );
      assert.deepEqual(transposed, expectedWeight);
      assert.deepEqual(Array.from(tensors.get(`${architecture.head}.bias`)!.data), expectedBias);

      const model = new Model(architecture, 2, tensors);
      const common = {
        batchSize: expected.batch_size,
        shuffle: true,
        generator,
        resize,
        size,
        normalization: preprocessing,
      };
      using train = new DataLoader(dataset, {
        ...common,
        split: "train",
        transform: "train",
        noisePerPhoto: dropoutSize(architecture),
      });
      using val = new DataLoader(dataset, { ...common, split: "val", transform: "eval" });
      const losses: number[] = [];
      const seen: unknown[] = [];
      await fit(model, { train, val }, {
        branch,
        recipe: { ...RECIPES.tutorial, epochs: expected.epochs },
        onBatch: (progress) => {
          losses.push(progress.batchLoss);
          const paths = progress.indices.map((i) => ({ path: dataset.photos("val")[i]?.path }));
          seen.push(
            progress.phase === "train"
              ? traceStep(progress, dataset.photos("train")).photos
              : paths,
          );
        },
      });
      assert.deepEqual(seen, batches.map(({ photos }) => photos));
      batches.forEach(({ epoch, split, loss }, i) => {
        const difference = Math.abs(losses[i] - loss) / loss;
        const what = `loss of batch ${i} (${split} of epoch ${epoch})`;
        assert.ok(difference <= BOUND[branch], `${what} is ${losses[i]}, torch's is ${loss}`);
      });
      model.dispose();
    }));
}

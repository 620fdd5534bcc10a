/**
 * `deno task bench epoch`: an epoch of training with the loader that feeds it, beside the steps by
 * themselves: what loading costs on top. The photos are a dataset that `build_datasets` wrote, or
 * noise of the tutorial's size.
 */
import { parseArgs } from "node:util";
import { buildDataset } from "../data/build_dataset.ts";
import type { EpochTimes } from "./epoch_worker.ts";
import { noisePhoto } from "./noise_photo.ts";
import { askWorker, trainingFlags } from "./worker_process.ts";

const NOISE_PHOTOS = 120;

export async function benchEpoch(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: "string", default: "mobilenet_v2" },
      batch: { type: "string", default: "4" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      dataset: { type: "string" },
      rounds: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
    },
  });
  const folder = await Deno.makeTempDir({ prefix: "bench_epoch_" });
  try {
    const dataset = values.dataset ?? await noiseDataset(folder);
    const { model, batch, threads, rounds } = values;
    const times = await askWorker<EpochTimes>(
      "epoch_worker.ts",
      await trainingFlags(),
      [dataset, model, batch, threads, rounds],
    );
    console.log(
      values.json
        ? JSON.stringify({
          bench: "epoch",
          backend: "wasm",
          model,
          batch,
          threads,
          unit: "s",
          ...times,
        })
        : `${model}, ${times.photos} photos in batches of ${batch}: epoch ${
          times.epoch.toFixed(2)
        } s, ` +
          `the same steps without loading ${times.steps.toFixed(2)} s, ratio ` +
          `${(times.epoch / times.steps).toFixed(2)} (medians of ${rounds}, in turn)`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Two classes of noise. */
async function noiseDataset(folder: string): Promise<string> {
  for (let i = 0; i < NOISE_PHOTOS; i++) {
    const split = i % 30 < 2 ? "val" : "train", kind = i % 2 ? "ones" : "others";
    await Deno.mkdir(`${folder}/photos/${split}/${kind}`, { recursive: true });
    await Deno.writeFile(`${folder}/photos/${split}/${kind}/${i}.ppm`, noisePhoto());
  }
  await Deno.mkdir(`${folder}/dataset`);
  await buildDataset(`${folder}/photos`, `${folder}/dataset`);
  return `${folder}/dataset`;
}

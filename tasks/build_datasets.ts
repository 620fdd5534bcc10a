/** Step: every photo decoded once and packed; what cannot be decoded is named, not lost. */
import {
  buildDataset,
  DataLoader,
  type Dataset,
  Generator,
  openDataset,
  SPLITS,
} from "../data/mod.ts";
import { runStep, type StepContext } from "../pipeline/step.ts";
import { batchGrid } from "../report/mod.ts";
import { readJson } from "./json.ts";

/** Of the crops in the picture; training takes its model's own. */
const SIDE = 224;

if (import.meta.main) await runStep(build);

async function build(step: StepContext<unknown>): Promise<void> {
  const source = await readJson(`${step.inputs.download_data}/source.json`);
  // The tutorial reads its photos as torchvision does; one's own are turned as the camera says.
  const exifOrientation = source.kind !== "hymenoptera";
  let quarantined = 0;
  await buildDataset(`${step.inputs.download_data}/photos`, step.output, {
    exifOrientation,
    signal: step.signal,
    progress: (done, total) => step.progress({ done, total, unit: "photos" }),
    onQuarantine: ({ path, reason }) => {
      quarantined++;
      step.log(`left out ${path}: ${reason}`);
    },
  });
  using dataset = await openDataset(step.output);
  if (exifOrientation) step.log("photos are turned upright as their EXIF data say");
  await Deno.writeFile(`${step.output}/batch.png`, await drawBatch(dataset));
  const counts = Object.fromEntries(SPLITS.map((split) => [split, dataset.photos(split).length]));
  step.log(
    `${counts.train} photos to train on, ${counts.val} to validate, ${quarantined} left out`,
  );
  step.result({ ...counts, quarantined });
}

/** The tutorial's first picture: one training batch, cropped and flipped, with its labels. */
async function drawBatch(dataset: Dataset): Promise<Uint8Array> {
  using loader = new DataLoader(dataset, {
    split: "train",
    batchSize: 4,
    shuffle: true,
    transform: "train",
    generator: new Generator(0),
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    size: SIDE,
    workers: 0,
  });
  const pixels = SIDE * SIDE * 3;
  for await (const { images, labels } of loader) {
    return await batchGrid(Array.from(labels, (label, i) => ({
      image: {
        width: SIDE,
        height: SIDE,
        data: Uint8Array.from(
          images.subarray(i * pixels, (i + 1) * pixels),
          (value) => Math.round(255 * value),
        ),
      },
      title: dataset.classes[label],
    })));
  }
  throw new Error("the training split is empty");
}

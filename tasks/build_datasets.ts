/** Step: every photo decoded once and packed; what cannot be decoded is named, not lost. */
import { buildDataset, openDataset, SPLITS } from "../data/mod.ts";
import { runStep, type StepContext } from "../pipeline/step.ts";
import { batchGrid } from "../report/mod.ts";
import { readJson } from "./json.ts";
import { trainingBatch } from "./training_batch.ts";

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
  await Deno.writeFile(`${step.output}/batch.png`, await batchGrid(await trainingBatch(dataset)));
  const counts = Object.fromEntries(SPLITS.map((split) => [split, dataset.photos(split).length]));
  step.log(
    `${counts.train} photos to train on, ${counts.val} to validate, ${quarantined} left out`,
  );
  step.result({ ...counts, quarantined });
}

/** Step: what the frozen network says of every photo, once for all heads that are fitted to it. */
import { type Dataset, openDataset } from "../data/dataset.ts";
import { type Split, SPLITS } from "../data/dataset_index.ts";
import { counted } from "../data/statistics/percent.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { checkDivisible } from "../training/probe/cross_validation.ts";
import { sampleOfClasses } from "../training/probe/sample_of_classes.ts";
import { labelsOf, type PhotoFeatures, writeFeatures } from "./artifacts/features.ts";
import type { ComputeFeaturesParameters } from "./parameters.ts";
import { openPhotoFeatures } from "./photo_features.ts";

/** Of a cross-validation. */
const LEAST_PARTS = 2;

if (import.meta.main) await runStep<ComputeFeaturesParameters>(computeFeatures);

async function computeFeatures(step: StepContext<ComputeFeaturesParameters>): Promise<void> {
  const { sample } = step.parameters;
  using dataset = await openDataset(step.inputs.build_datasets);
  // What no head can be fitted to is told before all photos are looked at.
  checkDivisible(labelsOf(dataset.photos("train"), dataset.classes), LEAST_PARTS);

  await using network = await openPhotoFeatures(step);
  const wanted = wantedPhotos(dataset, sample);
  const total = [...wanted.values()].reduce((sum, { length }) => sum + length, 0);
  const bySplit = new Map<Split, PhotoFeatures>();
  let before = 0, computed = 0;
  for (const [split, photos] of wanted) {
    const { data, missed } = await network.of(dataset, split, photos, (done) => {
      step.signal.throwIfAborted();
      step.progress({ done: before + done, total, unit: "photos" });
    });
    bySplit.set(split, { photos, data });
    before += photos.length;
    computed += missed;
  }
  await writeFeatures(step.output, bySplit);
  const columns = bySplit.get("train")!.data.length / wanted.get("train")!.length;
  const known = computed < total ? `, ${computed} of them new` : "";
  step.log(
    `${network.model}: ${counted(columns, "feature")} of ${counted(total, "photo")}${known}`,
  );
  step.result({ model: network.model, photos: total, features: columns });
}

/** Positions of photos in each split. */
function wantedPhotos(
  dataset: Dataset,
  sample: ComputeFeaturesParameters["sample"],
): Map<Split, Int32Array<ArrayBuffer>> {
  if (sample) {
    const labels = dataset.photos("train").map(({ label }) => label);
    return new Map([["train", sampleOfClasses(labels, sample)]]);
  }
  return new Map(
    SPLITS.map((split) => [split, Int32Array.from(dataset.photos(split).keys())]),
  );
}

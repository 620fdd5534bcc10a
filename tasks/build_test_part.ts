/**
 * Step: the photos to test by, packed apart from all others, so that nothing by which a model is made
 * or chosen can depend on them. Where there are none, an empty dataset.
 */
import { buildTest } from "../data/build_dataset.ts";
import { type Dataset, openDataset } from "../data/dataset.ts";
import { SPLITS } from "../data/dataset_index.ts";
import { diagnoseTest } from "../data/doctor/test_diagnosis.ts";
import type { Examined } from "../data/examined.ts";
import { fingerprintOf } from "../data/fingerprint.ts";
import { hasImageExtension } from "../data/image_folder.ts";
import { describeTally, PASSED_OVER, reasonOf, tallyLeftOut } from "../data/left_out_tally.ts";
import { counted } from "../data/statistics/percent.ts";
import { IMAGENET_PREPROCESSING } from "../models/torchvision.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { testPhotosFile } from "./artifacts/photos.ts";
import { testPartFile } from "./artifacts/test_part.ts";
import { PhotoDecoding } from "./photo_decoding.ts";
import { reportFindings } from "./report_findings.ts";

if (import.meta.main) await runStep(build);

async function build(step: StepContext<unknown>): Promise<void> {
  const photos = `${step.inputs.download_data}/photos`;
  using taught = await openDataset(step.inputs.build_datasets);
  const { classes, exifOrientation, shortSide } = taught;
  const groups = await groupsOf(step.inputs.download_data);
  const test: Examined[] = [];
  const reasons: string[] = [];
  await using decoding = exifOrientation
    ? new PhotoDecoding(step, { exifOrientation, shortSide })
    : undefined;
  const index = await buildTest(photos, step.output, classes, {
    ...{ exifOrientation, groups, shortSide, start: decoding?.start, kept: decoding?.kept },
    signal: step.signal,
    progress: (done, total) => step.progress({ done, total, unit: "photos" }),
    onExamined: (photo) => test.push(photo),
    onQuarantine: ({ path, reason }) => {
      reasons.push(hasImageExtension(path) ? reasonOf(reason) : PASSED_OVER);
      step.log(`left out ${path}: ${reason}`);
    },
  });
  const total = index.photos.length;
  await testPartFile.write(step.output, { hasPhotos: total > 0 });
  step.log(
    total === 0
      ? "there are no photos to test by: what is measured is measured by those for validation"
      : `${counted(total, "photo")} to test by, which nothing is chosen by, ` +
        describeTally(tallyLeftOut(reasons)),
  );
  const findings = total === 0 ? [] : diagnoseTest({ test, others: seen(taught), classes }, {
    ...IMAGENET_PREPROCESSING,
    exifOrientation,
  });
  const summary = await reportFindings(step, findings, photos, exifOrientation);
  step.result({ test: total, quarantined: reasons.length, findings: summary });
}

/** Of photos to test by; undefined where nobody said which belong together. */
async function groupsOf(folder: string): Promise<Record<string, string> | undefined> {
  try {
    return (await testPhotosFile.read(folder)).groups;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The packed photos as the doctor compares them; none is decoded again. */
function seen(dataset: Dataset) {
  return SPLITS.flatMap((split) =>
    dataset.photos(split).map(({ path, label, sha256 }, i) => ({
      path,
      split,
      className: dataset.classes[label],
      sha256,
      fingerprint: fingerprintOf(dataset.readPhoto(split, i)),
    }))
  );
}

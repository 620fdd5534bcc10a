/** Step: every photo decoded once and packed; what cannot be decoded is named, not lost. */
import { buildDataset } from "../data/build_dataset.ts";
import { counted } from "../data/statistics/percent.ts";
import type { Forecast } from "../data/forecast.ts";
import { openDataset } from "../data/dataset.ts";
import { SPLITS } from "../data/dataset_index.ts";
import type { Examined } from "../data/examined.ts";
import { hasImageExtension } from "../data/image_folder.ts";
import { describeTally, PASSED_OVER, reasonOf, tallyLeftOut } from "../data/left_out_tally.ts";
import { diagnose } from "../data/doctor/diagnose.ts";
import { IMAGENET_PREPROCESSING } from "../models/torchvision.ts";
import type { BuildDatasetsParameters } from "./parameters.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { photosFile } from "./artifacts/photos.ts";
import { PhotoDecoding } from "./photo_decoding.ts";
import { reportFindings } from "./report_findings.ts";

if (import.meta.main) await runStep<BuildDatasetsParameters>(build);

async function build(step: StepContext<BuildDatasetsParameters>): Promise<void> {
  const { exif_orientation: exifOrientation, groups } = await photosFile.read(
    step.inputs.download_data,
  );
  // The tutorial's photos are read as torchvision does, whole and as they lie.
  const shortSide = exifOrientation ? step.parameters.shortSide : undefined;
  const photos = `${step.inputs.download_data}/photos`;
  const examined: Examined[] = [];
  const passedOver: string[] = [];
  const reasons: string[] = [];
  // The tutorial's are known to the bit, so that no decoder need be kept apart from the step.
  await using decoding = exifOrientation
    ? new PhotoDecoding(step, { exifOrientation, shortSide })
    : undefined;
  await buildDataset(photos, step.output, {
    ...{ exifOrientation, groups, shortSide, start: decoding?.start, kept: decoding?.kept },
    alike: step.parameters.alike,
    signal: step.signal,
    onForecast: (forecast) => step.log(describeForecast(forecast, shortSide)),
    at: step.at,
    progress: (done, total) => step.progress({ done, total, unit: "photos" }),
    onExamined: (photo) => examined.push(photo),
    onQuarantine: ({ path, reason }) => {
      const isTaken = hasImageExtension(path);
      if (!isTaken) passedOver.push(path);
      reasons.push(isTaken ? reasonOf(reason) : PASSED_OVER);
      step.log(`left out ${path}: ${reason}`);
    },
  });
  if (decoding && decoding.kept.found > 0) {
    step.log(
      `${
        counted(decoding.kept.found, "photo")
      } had been decoded before, and packed anew: packs of ` +
        "earlier runs stay until `deno task gc` removes them",
    );
  }
  using dataset = await openDataset(step.output);
  if (exifOrientation) step.log("photos are turned upright as their EXIF data say");
  const counts = Object.fromEntries(SPLITS.map((split) => [split, dataset.photos(split).length]));
  step.log(
    `${counted(counts.train, "photo")} to train on, ${counts.val} kept aside to measure by ` +
      `(validation), ${describeTally(tallyLeftOut(reasons))}`,
  );
  const viewing = { ...IMAGENET_PREPROCESSING, exifOrientation };
  const found = diagnose({ files: examined, passedOver }, viewing);
  const findings = await reportFindings(step, found, photos, exifOrientation);
  step.result({ ...counts, quarantined: reasons.length, findings });
}

function describeForecast({ photos, bytes, seconds }: Forecast, shortSide?: number): string {
  const time = seconds < 90
    ? counted(Math.ceil(seconds), "second")
    : `${Math.ceil(seconds / 60)} minutes`;
  const kept = shortSide ? `, kept with a shorter side of ${shortSide} pixels at most` : "";
  return `${photos} photos${kept}, will take about ${
    Math.ceil(bytes / 1e6)
  } MB of disk and ${time}`;
}

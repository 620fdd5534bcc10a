/** `deno task predict PATH…`: labels for one's own photos. */
import { join, resolve } from "node:path";
import { chooseBackend } from "../../backend/choose.ts";
import type { ContextOf } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import { checkPrecision, computedWith } from "../answering_precision.ts";
import type { PREDICT_FLAGS } from "../commands/predict.ts";
import { checkOutput } from "../cli/paths.ts";
import type { Croppers } from "../../data/croppers.ts";
import { classNames } from "../../models/manifest.ts";
import { abstainingAt, describeThreshold } from "./abstain.ts";
import { modelFromFile, trainedModel } from "../trained/choose_model.ts";
import { classByFolder, foldersAmong } from "./class_folders.ts";
import { csvFormat, tableFormat } from "./format_predictions.ts";
import { listPhotos } from "./list_photos.ts";
import { resourcesFor } from "../../inference/prediction_resources.ts";
import { type Failure, type Prediction, predictPhotos } from "../../inference/predict_photos.ts";
import { wilsonInterval } from "../../data/statistics/wilson_interval.ts";
import {
  describeTally,
  type LeftOutTally,
  reasonOf,
  tallyLeftOut,
} from "../../data/left_out_tally.ts";
import { counted, percent, percentRange } from "../../data/statistics/percent.ts";
import { printable } from "../../report/text.ts";

/** Side of the photos kept for `--grid`, in pixels. */
const TILE = 360;

type PredictContext = ContextOf<typeof PREDICT_FLAGS>;

/**
 * @param croppers decode and cut the photos
 * @param v8Flags arguments of `deno run` for processes that compute and parse nothing
 */
export async function predictPaths(
  context: PredictContext,
  croppers: Croppers,
  v8Flags: readonly string[],
): Promise<number> {
  const { flags, operands, folder, json, signal } = context;
  const format = formatOf(flags);
  for (const flag of ["grid", "explain"] as const) {
    const path = flags[flag];
    if (path) await checkOutput(`--${flag}`, resolve(folder, path));
  }
  signal.addEventListener("abort", () => {
    croppers[Symbol.dispose](); // one that is stuck would outlive this process
    Deno.exit(EXIT.interrupted);
  });
  const sorter = await sorterFor(context);
  // What is asked for seldom is loaded then alone: processes that answer start the sooner.
  const wanted = flags["label-next"];
  const next = wanted === undefined
    ? undefined
    : new (await import("./label_next.ts")).LabelNext(wanted);
  const { paths, count, notes, leftOut } = await listPhotos(operands, folder);
  for (const note of notes) console.error(printable(note));
  const chosen = flags.weights ? await modelFromFile(flags, folder) : await trainedModel(context);
  const { precision, threads } = flags;
  if (format === "table") {
    console.error(printable(`with ${chosen.what}${computedWith(precision)}`));
  }
  const threshold = flags.abstain === undefined ? undefined : abstainingAt(flags.abstain, chosen);
  if (threshold && format === "table") console.error(describeThreshold(flags.abstain!, threshold));
  const { backend } = await chooseBackend(flags.backend);
  checkPrecision(precision, backend);
  using resources = await resourcesFor(chosen.source, croppers, {
    backend,
    threads,
    precision,
    photos: count ?? Infinity,
    v8Flags,
    showsCrops: Boolean(next || flags.grid || flags.explain),
  });

  const { source: { manifest } } = chosen;
  const postprocessing = {
    ...chosen.postprocessing,
    ...(threshold && { abstainBelow: threshold.probability }),
  };
  const { preprocessing } = manifest;
  const classes = classNames(manifest);
  const top = Math.min(classes.length, next ? Math.max(2, flags.top) : flags.top);
  const text = format === "csv" ? csvFormat(top, threshold !== undefined) : tableFormat(classes, {
    tellsNone: postprocessing.outOfDistribution !== undefined,
    abstains: threshold !== undefined,
  });
  if (format === "csv") console.log(text.head);
  const pictures = flags.grid || flags.explain
    ? new (await import("./draw_predictions.ts")).PredictionPictures()
    : undefined;
  const picture = flags.grid ? TILE : undefined;
  const folders = await foldersAmong(operands, folder);
  const labelled = { total: 0, correct: 0 };
  let done = 0, unsorted = 0;
  const refusals: string[] = [];
  const started = performance.now();
  const results = predictPhotos(paths, {
    ...resources,
    ...resources.answering((path) => ({
      photo: resolve(folder, path),
      ...preprocessing,
      picture,
    })),
    classes,
    postprocessing,
    top,
  });
  const tell = async (result: Prediction | Failure, more: object = {}) => {
    const place = sorter && !("error" in result) ? await sorter(result) : {};
    const isFailure = "error" in result || "sort_error" in place;
    if (format === "json") json({ ...result, ...more, ...place, precision });
    else if ("error" in result && format === "table") console.error(text.line(result));
    else console.log(text.line(result));
    if ("sort_error" in place) console.error(printable(`not sorted: ${place.sort_error}`));
    if (isFailure && !("error" in result)) unsorted++;
  };
  for await (const { result, crop, features, picture } of results) {
    done++;
    const isFailure = "error" in result;
    if (isFailure) refusals.push(reasonOf(result.error));
    const actual = isFailure
      ? undefined
      : classByFolder(resolve(folder, result.path), folders, classes);
    if (actual !== undefined && !isFailure) {
      labelled.total++;
      if (result.label === actual) labelled.correct++;
    }
    if (!next || isFailure) await tell(result, actual === undefined ? {} : { actual });
    else if (crop && features) next.add({ prediction: result, crop, features });
    if (!isFailure && crop) pictures?.add({ prediction: result, crop, picture });
  }
  for (const { margin, ...photo } of next?.choose() ?? []) await tell(photo, { margin });
  const tally = tallyLeftOut([...refusals, ...leftOut]);
  if (format !== "json" && done > 1) {
    console.error(describePace(done, tally, (performance.now() - started) / 1000));
  } else if (leftOut.length > 0) console.error(describeTally(tally));
  if (labelled.total > 0) console.error(describeLabelled(labelled));
  if (flags.grid) await pictures?.drawGrid(resolve(folder, flags.grid));
  if (flags.explain) {
    const path = resolve(folder, flags.explain);
    await pictures?.drawExplained(path, chosen.source, { backend, threads });
  }
  return refusals.length + unsorted > 0 ? EXIT.failed : EXIT.done;
}

/** Sorts photos where that is asked for; what goes wrong with one does not stop the others. */
async function sorterFor({ flags, folder }: PredictContext) {
  if (flags.sort === undefined) return undefined;
  const target = resolve(folder, flags.sort);
  await Deno.mkdir(target, { recursive: true }).catch((error) => {
    throw new UsageError(`--sort is "${flags.sort}", which can be no folder: ${error.message}`);
  });
  const { PhotoSorter, sortedFolder } = await import("./sort_photos.ts");
  const sorter = new PhotoSorter(target, flags["sort-by"]);
  return async (result: Prediction) => {
    try {
      const to = await sorter.put(resolve(folder, result.path), sortedFolder(result));
      return { sorted_to: join(target, to) };
    } catch (error) {
      return { sort_error: `${result.path}: ${(error as Error).message}` };
    }
  };
}

function formatOf({ format, json }: PredictContext["flags"]): string {
  if (format === undefined) return json ? "json" : "table";
  if (json && format !== "json") {
    throw new UsageError(`--json and --format ${format} exclude each other: give one`);
  }
  return format;
}

/** Of photos in class folders, how many were right. */
function describeLabelled({ correct, total }: { correct: number; total: number }): string {
  const photos = counted(total, "photo");
  return `right on ${correct} of ${photos} in folders that are called as the classes (accuracy ` +
    `${percent(correct / total)}; ${percentRange(wilsonInterval(correct, total))} with 95% ` +
    "confidence); `deno task evaluate --on DIR` says more, and which of them the model knows";
}

function describePace(done: number, leftOut: LeftOutTally, seconds: number): string {
  return `${counted(done, "photo")} in ${seconds.toFixed(1)} s: ${
    (done / seconds).toFixed(0)
  } a second; ${describeTally(leftOut)}`;
}

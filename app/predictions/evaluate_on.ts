/** `deno task evaluate --on DIR`: how good a finished model is on photos that it never saw. */
import { resolve } from "node:path";
import { chooseBackend } from "../../backend/choose.ts";
import type { Croppers } from "../../data/croppers.ts";
import { hasImageExtension } from "../../data/image_folder.ts";
import { describeLeftOut, describeLitter, some } from "../../data/sources/left_out.ts";
import { listFiles } from "../../data/sources/list_files.ts";
import { counted } from "../../data/statistics/percent.ts";
import { predictPhotos } from "../../inference/predict_photos.ts";
import { resourcesFor } from "../../inference/prediction_resources.ts";
import { classNames } from "../../models/manifest.ts";
import { printable } from "../../report/text.ts";
import { scoreBranch, type ScoredPhoto } from "../../training/score.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import type { EvaluateOnContext } from "../commands/evaluate.ts";
import { modelFromFile, resultsFor, trainedModel } from "../trained/choose_model.ts";
import { photosOfModel, type Seen } from "../trained/photos_of_model.ts";
import { type LabelledPhoto, sortByFolder } from "./class_folders.ts";
import { type Evaluated, evaluationInWords } from "./evaluation_in_words.ts";

/** @param croppers decode and cut the photos */
export async function evaluateOn(
  context: EvaluateOnContext,
  croppers: Croppers,
  v8Flags: readonly string[],
): Promise<number> {
  const { flags, folder: here, json, say, signal } = context;
  signal.addEventListener("abort", () => {
    croppers[Symbol.dispose](); // one that is stuck would outlive this process
    Deno.exit(EXIT.interrupted);
  });
  const folder = resolve(here, flags.on);
  const { photos, notes } = await listClassFolders(folder, flags.on);
  const chosen = flags.weights
    ? { ...await modelFromFile(flags, here), seen: undefined }
    : await trainedWithPhotos(context);
  const { source, postprocessing, what, seen } = chosen;
  const { manifest } = source;
  const classes = classNames(manifest);
  const known = photos.filter(({ className }) => classes.includes(className));
  const unknown = countBy(photos.filter(({ className }) => !classes.includes(className)));
  if (known.length === 0) throw noneKnown(flags.on, Object.keys(unknown), classes);

  const { backend } = await chooseBackend(flags.backend);
  using resources = await resourcesFor(source, croppers, {
    backend,
    threads: flags.threads,
    photos: known.length,
    v8Flags,
  });
  const paths = known.map(({ path }) => path);
  const { preprocessing } = manifest;
  const results = predictPhotos(paths, {
    ...resources,
    ...resources.answering((photo) => ({ photo, ...preprocessing })),
    classes,
    postprocessing,
    top: 1,
  });
  const scored: (ScoredPhoto & { seen?: "train" | "val" })[] = [];
  const failed: { path: string; error: string }[] = [];
  let unlike = 0, index = 0;
  for await (const { result } of results) {
    const { path, className } = known[index];
    if ("error" in result) failed.push({ path, error: result.error });
    else {
      if (result.none_of_these) unlike++;
      const label = classes.indexOf(className);
      scored.push({ index, label, logits: result.logits, seen: await seen?.partOf(path) });
    }
    index++;
  }
  if (scored.length === 0) {
    throw new Error(
      `none of the ${counted(known.length, "photo")} of ${flags.on} could be read; ` +
        `${failed[0].path}: ${failed[0].error}`,
    );
  }
  const unseen = scored.filter((photo) => photo.seen === undefined);
  const of = (part: "train" | "val") => scored.filter((photo) => photo.seen === part).length;
  const evaluated: Evaluated = {
    folder: flags.on,
    model: what,
    classes,
    // Photos that it was taught or chosen by tell nothing of others; unless there are no others.
    ...scoreBranch(unseen.length > 0 ? unseen : scored, classes),
    seen: seen ? { train: of("train"), val: of("val"), scored: unseen.length === 0 } : null,
    unknown_classes: unknown,
    none_of_these: postprocessing.outOfDistribution ? unlike : null,
    failed,
  };
  if (flags.json) {
    for (const note of notes) say(note);
    json(evaluated);
  } else for (const line of [...notes, ...evaluationInWords(evaluated)]) say(printable(line));
  return failed.length > 0 ? EXIT.failed : EXIT.done;
}

/** The trained model, and which photos it saw, as far as that is known. */
async function trainedWithPhotos(context: EvaluateOnContext) {
  const latest = await resultsFor(context);
  const chosen = await trainedModel(context, latest);
  const { branch } = chosen.source.manifest.training!;
  const seen: Seen | undefined = await photosOfModel(latest, `train_${branch}`);
  return { ...chosen, seen };
}

/** @throws {UsageError} where there is no such folder, or none of a class in it */
async function listClassFolders(
  folder: string,
  said: string,
): Promise<{ photos: LabelledPhoto[]; notes: string[] }> {
  const found = await Deno.stat(folder).catch(() => undefined);
  if (!found?.isDirectory) {
    throw new UsageError(
      found
        ? `--on is "${said}", which is a file: name the folder with a folder a class in it`
        : `--on is "${said}", but there is no such folder: check the path`,
    );
  }
  const { paths, leftOut, litter } = await listFiles(folder, { followOut: true });
  const images = paths.filter(hasImageExtension).sort();
  const { photos, unsorted } = sortByFolder(folder, images);
  if (photos.length === 0) {
    throw new UsageError(
      `--on is "${said}", which has no class folders with photos: put the photos of each class ` +
        `into a folder of its name, such as ${said}/cats and ${said}/dogs`,
    );
  }
  const notes = [...describeLeftOut(leftOut), describeLitter(litter)]
    .filter((line) => line !== undefined);
  if (unsorted.length > 0) {
    notes.push(
      `${counted(unsorted.length, "photo")} in no class folder left out: ${some(unsorted)}`,
    );
  }
  return { photos, notes };
}

function countBy(photos: readonly LabelledPhoto[]): Record<string, number> {
  return Object.fromEntries(
    Array.from(Map.groupBy(photos, ({ className }) => className), ([name, all]) => [
      name,
      all.length,
    ]),
  );
}

function noneKnown(said: string, names: string[], classes: readonly string[]): UsageError {
  const parts = names.filter((name) => /^(train|val|test)/i.test(name));
  const remedy = parts.length > 0
    ? `it looks like a whole data set: name one part of it, such as ${said}/${parts.at(-1)}`
    : "call the folders as the classes are called";
  return new UsageError(
    `--on is "${said}", whose folders are ${some(names)}; the model knows ${some(classes)}, and ` +
      `none of those: ${remedy}`,
  );
}

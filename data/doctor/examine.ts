import { decodeInOrder } from "../decode_in_order.ts";
import { startDecoder } from "../decoders.ts";
import { type Examined, examinedFrom } from "../examined.ts";
import { listFiles, readFileIn } from "../sources/list_files.ts";
import { divideByKind } from "../sources/photo_like.ts";
import type { Part } from "../dataset_index.ts";
import type { Fingerprint } from "../fingerprint.ts";
import { hasImageExtension } from "../image_folder.ts";
import type { Change } from "../review/journal.ts";
import { divideTogether } from "../sources/keep_together.ts";
import type { PlannedFile } from "../sources/plan.ts";
import { arrange, type Arrangement } from "./arrange.ts";
import type { Collection } from "./diagnose.ts";
import { besideFindings } from "./folder_findings.ts";

/** Somebody waits for the answer; longer than any honest photo should take. */
const PATIENCE_MS = 30_000;

/**
 * Looks at every photo of a folder; nothing is written, and memory does not grow with their size.
 * The process needs to read the folder and to run Deno: photos are decoded in processes of their own.
 *
 * @param what the name of the source in messages
 * @throws {Error} where there is no such folder
 */
export async function examineFolder(
  folder: string,
  what: string,
  { exifOrientation, review, signal, progress }: {
    exifOrientation: boolean;
    /** What a review made of the photos. */
    review?: readonly Change[];
    signal?: AbortSignal;
    progress?: (done: number, total: number) => void;
  },
): Promise<Collection> {
  const { paths, leftOut, litter } = await listFiles(folder);
  const { photos, others, notes, missing, divided, problem } = await arrange(
    paths,
    what,
    readFileIn(folder),
    review,
  );
  const { photoLike, sidecars } = await divideByKind(others, (path) => `${folder}/${path}`);
  const files: Examined[] = [];
  const examined = decodeInOrder(photos.map(({ path }) => `${folder}/${path}`), {
    workers: navigator.hardwareConcurrency,
    start: startDecoder,
    exifOrientation,
    examine: true,
    withoutPixels: true,
    signal,
    patience: PATIENCE_MS,
  });
  for await (const result of examined) {
    const { path, ...place } = photos[files.length];
    files.push(examinedFrom(path, place, result));
    progress?.(files.length, photos.length);
  }
  return {
    files,
    passedOver: photoLike,
    ...(divided && { parts: partsOf(divided, files) }),
    beside: besideFindings({ leftOut: [...leftOut, ...missing], litter, sidecars, notes }),
    ...(problem !== undefined && { problem }),
  };
}

/** As the pipeline will divide them. */
function partsOf(
  { files, division }: NonNullable<Arrangement["divided"]>,
  examined: readonly Examined[],
): Map<string, Part> {
  const known = new Map(examined.map(({ path, photo }) => [path, photo]));
  // A source's own test is none of ours to divide.
  const ours = files.filter(({ file, split }) =>
    hasImageExtension(file) && (division.parts === 3 || split !== "test")
  );
  const fingerprints = new Map(ours.flatMap((file): [PlannedFile, Fingerprint][] => {
    const photo = known.get(file.from);
    return photo ? [[file, photo.fingerprint]] : [];
  }));
  const { parts } = divideTogether(ours, fingerprints, division);
  return new Map(files.map((file) => [file.from, parts.get(file) ?? file.split]));
}

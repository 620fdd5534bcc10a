import { decodeInOrder } from "../decode_in_order.ts";
import { startDecoder } from "../decoders.ts";
import { type Examined, examinedFrom } from "../examined.ts";
import { listFiles, readFileIn } from "../sources/list_files.ts";
import { divideByKind } from "../sources/photo_like.ts";
import { arrange } from "./arrange.ts";
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
  { exifOrientation, signal, progress }: {
    exifOrientation: boolean;
    signal?: AbortSignal;
    progress?: (done: number, total: number) => void;
  },
): Promise<Collection> {
  const { paths, leftOut, litter } = await listFiles(folder);
  const { photos, others, notes, missing, problem } = await arrange(
    paths,
    what,
    readFileIn(folder),
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
    beside: besideFindings({ leftOut: [...leftOut, ...missing], litter, sidecars, notes }),
    ...(problem !== undefined && { problem }),
  };
}

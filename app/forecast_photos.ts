/** What teaching with a folder of photos will take, by a few of them, in a line. */
import { resolve } from "node:path";
import { decodeInOrder } from "../data/decode_in_order.ts";
import { startDecoder } from "../data/decoders.ts";
import { hasImageExtension } from "../data/image_folder.ts";
import { listFiles } from "../data/sources/list_files.ts";
import { parseSource } from "../data/sources/spec.ts";
import { mirrorFolder } from "../tasks/permissions.ts";
import { formatSize } from "./cli/quantities.ts";
import type { TrainingFlags } from "./commands/flags.ts";
import { forecastRun, formatAbout } from "./forecast_run.ts";
import { machinePace } from "./machine_pace.ts";

/** Fewer photos are done before the forecast is read. */
const FEW = 50;
const LOOKED_AT = 8;

/**
 * Undefined for few photos, for those of any other source, and where none of those looked at can be
 * read.
 *
 * @param here the folder that paths are meant from
 */
export async function forecastPhotos(
  flags: TrainingFlags,
  here: string,
  store: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const source = parseSource(flags.data ?? "auto");
  if (source.kind !== "folder") return undefined;
  const folder = resolve(here, source.path);
  const photos = (await listFiles(folder)).paths.filter(hasImageExtension);
  if (photos.length < FEW) return undefined;
  const some = Array.from(
    { length: LOOKED_AT },
    (_, i) => `${folder}/${photos[Math.floor((i + 0.5) / LOOKED_AT * photos.length)]}`,
  );
  const sizes: { width: number; height: number }[] = [];
  let since: number | undefined, milliseconds = 0;
  const wanted = { exifOrientation: true, examine: true, withoutPixels: true };
  const decoding = decodeInOrder(some, { ...wanted, workers: 1, start: startDecoder, signal });
  for await (const photo of decoding) {
    const now = performance.now();
    // Before the first is there, a process starts.
    milliseconds += now - (since ?? now);
    since = now;
    if ("data" in photo) sizes.push(photo);
  }
  if (sizes.length === 0) return undefined;
  const each = milliseconds / (LOOKED_AT - 1) / 1000;
  const pace = await machinePace(store);
  const forecast = forecastRun(
    {
      sizes: photos.map((_, i) => sizes[i % sizes.length]),
      fileBytes: Deno.build.os === "windows" ? sum(photos.map((path) => sizeOf(folder, path))) : 0,
      seconds: photos.length * each / navigator.hardwareConcurrency,
    },
    flags,
    [`${store}/downloads`, ...mirrorFolder()],
    pace.factor,
  );
  return `${photos.length} photos: all of it takes about ${formatAbout(forecast.seconds)} and ` +
    `${formatSize(forecast.diskBytes)} of disk, photos not counted`;
}

const sizeOf = (folder: string, path: string) => Deno.statSync(`${folder}/${path}`).size;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

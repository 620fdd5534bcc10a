import { decodePhoto, readPhotoFile } from "./decode_photo.ts";

/** What packing photos will take, judged by a few of them. */
export interface Forecast {
  photos: number;
  /** Of the packs. */
  bytes: number;
  seconds: number;
}

/** Fewer photos are packed before a forecast of them is read. */
const FEW = 50;
/** One of so many is looked at, and so many at most. */
const [ONE_OF, MOST] = [25, 8];

/**
 * Decodes photos that lie evenly among all and reckons from these; undefined for few photos, and
 * where none of them can be read.
 * @param workers how many will decode side by side
 */
export async function forecastPacks(
  paths: readonly string[],
  wanted: { exifOrientation: boolean; shortSide?: number },
  workers: number,
): Promise<Forecast | undefined> {
  if (paths.length < FEW) return undefined;
  const count = Math.min(MOST, Math.ceil(paths.length / ONE_OF));
  let read = 0, bytes = 0, milliseconds = 0;
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    const file = await readPhotoFile(paths[Math.floor((i + 0.5) / count * paths.length)]);
    const photo = "refusal" in file ? file : await decodePhoto(file, wanted);
    if ("refusal" in photo) continue;
    read++;
    bytes += photo.data.length;
    milliseconds += performance.now() - started;
  }
  if (read === 0) return undefined;
  const photos = paths.length;
  return {
    photos,
    bytes: Math.round(bytes / read * photos),
    seconds: milliseconds / read * photos / 1000 / workers,
  };
}

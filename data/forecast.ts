import { decodeInOrder, type DecodeOptions } from "./decode_in_order.ts";

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
 * @param options how all of them will be decoded
 */
export async function forecastPacks(
  paths: readonly string[],
  options: DecodeOptions,
): Promise<Forecast | undefined> {
  if (paths.length < FEW) return undefined;
  const count = Math.min(MOST, Math.ceil(paths.length / ONE_OF));
  const some = Array.from(
    { length: count },
    (_, i) => paths[Math.floor((i + 0.5) / count * paths.length)],
  );
  let since: number | undefined;
  const milliseconds: number[] = [], sizes: number[] = [];
  for await (const photo of decodeInOrder(some, { ...options, workers: 1 })) {
    const now = performance.now();
    if ("data" in photo) {
      sizes.push(photo.data.length);
      // Before the first is there, a decoder starts.
      if (since !== undefined) milliseconds.push(now - since);
    }
    since = now;
  }
  if (sizes.length === 0) return undefined;
  return {
    photos: paths.length,
    bytes: Math.round(mean(sizes) * paths.length),
    seconds: mean(milliseconds) * paths.length / 1000 / options.workers,
  };
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);

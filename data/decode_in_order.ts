import type { DecodeResponse, Examination, PhotoWanted } from "./decode_photo.ts";
import { DecodeProcesses, DecodeWorkers, StuckError, tookTooLong } from "./decoders.ts";
import type { KeptPhotos } from "./kept_photos.ts";
import { mapInOrder } from "./map_in_order.ts";
import type { StartProcess } from "./process_pool.ts";
import { readPhotoFile, type Refusal } from "./read_photo_file.ts";

export type { DecodeResponse, Examination, Refusal };

/** Of one photo, on a machine that is busy with others; honest ones take seconds. */
const PATIENCE_MS = 60_000;

export interface DecodeOptions extends PhotoWanted {
  /** How many photos are decoded side by side. */
  workers: number;
  /** Starts the processes in which photos are decoded; workers of this one where it is left out. */
  start?: StartProcess;
  /** What is known of photos already. */
  kept?: KeptPhotos;
  signal?: AbortSignal;
  /** Milliseconds that a photo may take. */
  patience?: number;
}

/**
 * Reads and decodes photos side by side and yields them in the order given. At most two a decoder
 * are begun and not yet taken, so that memory does not grow with their number. A photo that takes too
 * long, or breaks the process in which it is decoded, is refused, and the others go on; of workers,
 * which cannot be ended, several such end it all.
 *
 * @throws the signal's reason when it is aborted, and whatever keeps decoders from working.
 */
export async function* decodeInOrder(
  paths: string[],
  { workers, start, kept, signal, patience = PATIENCE_MS, ...wanted }: DecodeOptions,
): AsyncGenerator<DecodeResponse> {
  const size = Math.max(1, Math.min(workers, paths.length));
  using decoders = start ? new DecodeProcesses(size, start) : new DecodeWorkers(size);
  const late: string[] = [];
  const decode = async (path: string): Promise<DecodeResponse> => {
    const file = await readPhotoFile(path);
    if ("refusal" in file) return file;
    const known = await kept?.find(file);
    if (known) return known;
    const photo = await decoders.decode({ file, ...wanted }, patience);
    if (tookTooLong(photo)) late.push(path);
    if ("data" in photo) await kept?.keep(file, photo);
    return photo;
  };
  const close = () => decoders[Symbol.dispose]();
  signal?.addEventListener("abort", close);
  try {
    for await (const decoded of mapInOrder(paths, 2 * size, decode)) {
      signal?.throwIfAborted();
      yield decoded;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof StuckError)) throw error;
    throw new Error(
      `photos keep decoders busy without end: move away ${late.join(", ")}`,
      { cause: error },
    );
  } finally {
    signal?.removeEventListener("abort", close);
  }
}

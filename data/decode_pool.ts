// From the worker, so that it counts among the modules that this one is made of.
import type { DecodeRequest, DecodeResponse, Examination, Refusal } from "./decode_worker.ts";
import { mapInOrder } from "./map_in_order.ts";
import { LateError, StuckError, WorkerPool } from "./worker_pool.ts";

export type { DecodeResponse, Examination, Refusal };

/**
 * Workers that read and decode photos. The process needs to read the photos and this folder of
 * source files.
 */
class DecodePool extends WorkerPool<DecodeRequest, DecodeResponse> {
  constructor(workers: number) {
    super(new URL("./decode_worker.ts", import.meta.url), workers);
  }
}

/** Of one photo, on a machine that is busy with others; honest ones take seconds. */
const PATIENCE_MS = 60_000;

/**
 * Decodes photos side by side and yields them in the order given. At most two a worker are begun
 * and not yet taken, so that memory does not grow with their number. A photo that takes too long is
 * refused, and the others go on, unless there are several such.
 * @param patience milliseconds that a photo may take
 * @throws the signal's reason when it is aborted, and whatever keeps workers from working.
 */
export async function* decodeInOrder(
  paths: string[],
  { workers, signal, patience = PATIENCE_MS, ...request }: Omit<DecodeRequest, "path"> & {
    workers: number;
    signal?: AbortSignal;
    patience?: number;
  },
): AsyncGenerator<DecodeResponse> {
  const pool = new DecodePool(Math.max(1, Math.min(workers, paths.length)));
  const close = () => pool.close();
  const late: string[] = [];
  const decode = async (path: string): Promise<DecodeResponse> => {
    try {
      return await pool.run({ path, ...request }, patience);
    } catch (error) {
      if (!(error instanceof LateError)) throw error;
      late.push(path);
      return { refusal: `corrupt: ${error.message} to decode`, reason: "corrupt" };
    }
  };
  signal?.addEventListener("abort", close);
  try {
    for await (const decoded of mapInOrder(paths, 2 * workers, decode)) {
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
    pool.close();
  }
}

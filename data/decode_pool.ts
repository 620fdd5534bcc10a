// From the worker, so that it counts among the modules that this one is made of.
import type { DecodeRequest, DecodeResponse, Examination, Refusal } from "./decode_worker.ts";
import { mapInOrder } from "./map_in_order.ts";
import { WorkerPool } from "./worker_pool.ts";

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

/**
 * Decodes photos side by side and yields them in the order given. At most two a worker are begun
 * and not yet taken, so that memory does not grow with their number.
 * @throws the signal's reason when it is aborted, and whatever keeps workers from working.
 */
export async function* decodeInOrder(
  paths: string[],
  { workers, signal, ...request }: Omit<DecodeRequest, "path"> & {
    workers: number;
    signal?: AbortSignal;
  },
): AsyncGenerator<DecodeResponse> {
  const pool = new DecodePool(Math.max(1, Math.min(workers, paths.length)));
  const close = () => pool.close();
  signal?.addEventListener("abort", close);
  try {
    for await (
      const decoded of mapInOrder(
        paths,
        2 * workers,
        (path) => pool.run({ path, ...request }),
      )
    ) {
      signal?.throwIfAborted();
      yield decoded;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", close);
    pool.close();
  }
}

// From the worker, so that it counts among the modules that this one is made of.
import type { CropRequest, CropResponse } from "./crop_worker.ts";
import { WorkerPool } from "./worker_pool.ts";

/**
 * Workers that read photos of one's own and cut them for a model. The process needs to read the
 * photos and this folder of source files.
 */
export class CropPool extends WorkerPool<CropRequest, CropResponse> {
  constructor(workers: number) {
    super(new URL("./crop_worker.ts", import.meta.url), workers);
  }
}

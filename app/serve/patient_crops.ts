import type { CropRequest, CropResponse } from "../../data/crop_photo.ts";
import { CropPool } from "../../data/crop_pool.ts";

/** Longer than any honest photo should take. */
const PATIENCE_MS = 20_000;

/**
 * Cuts photos that strangers sent, in a worker: whoever waits goes on meanwhile. A photo that takes
 * too long, or breaks the worker, is refused, and the next one has a new worker.
 */
export class PatientCrops implements Disposable {
  #pool = new CropPool(1);

  /** @param patience in ms */
  async cut(request: CropRequest, patience = PATIENCE_MS): Promise<CropResponse> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `it takes longer than ${patience / 1000} s to decode`;
      timer = setTimeout(() => reject(new Error(message)), patience);
    });
    try {
      return await Promise.race([this.#pool.run(request), late]);
    } catch (error) {
      this.#pool.close();
      this.#pool = new CropPool(1);
      return { refusal: (error as Error).message };
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    this.#pool.close();
  }
}

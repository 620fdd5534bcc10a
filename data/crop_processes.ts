import type { CropResponse } from "./crop_photo.ts";
import { type BytesCropRequest, encodeCropRequest, readCropResponse } from "./crop_protocol.ts";
import { ProcessError, ProcessPool } from "./process_pool.ts";

/** Longer than any honest photo should take. */
const PATIENCE_MS = 10_000;

/**
 * Processes that cut photos which strangers sent. They get bytes and may do nothing else: no files,
 * no network, no environment. A photo that takes too long, or breaks the process, is refused; the
 * process is killed and replaced.
 */
export class CropProcesses implements Disposable {
  readonly #pool: ProcessPool;

  constructor(processes: number) {
    const module = new URL("./crop_process.ts", import.meta.url);
    this.#pool = new ProcessPool({ module, purpose: "decodes photos" }, processes);
  }

  /**
   * @param patience in ms
   * @throws {ProcessError} where no process can be started: it is not the photo's fault
   */
  async cut(request: BytesCropRequest, patience = PATIENCE_MS): Promise<CropResponse> {
    try {
      return await this.#pool.run(encodeCropRequest(request), readCropResponse, patience);
    } catch (error) {
      if (!(error instanceof ProcessError) || error.reason === "not started") throw error;
      const isLate = error.reason === "late";
      return { refusal: isLate ? `${error.message} to decode` : "it breaks the decoder" };
    }
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }
}

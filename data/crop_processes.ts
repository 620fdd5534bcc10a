import type { CropRequest, CropResponse } from "./crop_photo.ts";
import { encodeCropRequest, readCropResponse } from "./crop_protocol.ts";
import { ProcessPool, refusalOfFailure, type StartProcess, startProcess } from "./process_pool.ts";
import { readPhoto } from "./read_photo.ts";

/** Longer than any honest photo should take; a HEIC of 12 megapixels takes 2 s of a CPU. */
export const PATIENCE_MS = 30_000;

/** What starts one; it gets no permission. */
export const CROPPING = { module: new URL("./crop_process.ts", import.meta.url) };

/**
 * Processes that cut photos, which may be of strangers. They get bytes and may do nothing else: no
 * files, no network, no environment; whoever asks reads the file. A photo that takes too long, or
 * breaks the process, is refused; the process is killed and replaced.
 */
export class CropProcesses implements Disposable {
  readonly #pool: ProcessPool;

  constructor(processes: number, start: StartProcess = () => startProcess(CROPPING)) {
    this.#pool = new ProcessPool(start, "decodes photos", processes);
  }

  /**
   * @param patience in ms
   * @throws {ProcessError} where no process can be started: it is not the photo's fault
   */
  async cut(request: CropRequest, patience = PATIENCE_MS): Promise<CropResponse> {
    let unread: { refusal: string } | undefined;
    try {
      return await this.#pool.run(
        async () => {
          const photo = await readPhoto(request.photo);
          if ("refusal" in photo) throw unread = photo;
          return encodeCropRequest({ ...request, photo });
        },
        readCropResponse,
        patience,
      );
    } catch (error) {
      return unread ?? { refusal: refusalOfFailure(error) };
    }
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }
}

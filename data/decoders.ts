/** What decodes photos: processes that can be killed, or workers where none may be started. */
import { encodeDecodeRequest, readDecoded } from "./decode_protocol.ts";
// From the worker, so that it counts among the modules that this one is made of.
import type { DecodeRequest, DecodeResponse } from "./decode_worker.ts";
import { ProcessPool, refusalOfFailure, type StartProcess, startProcess } from "./process_pool.ts";
import { LateError, StuckError, WorkerPool } from "./worker_pool.ts";

export interface Decoders extends Disposable {
  /**
   * A photo that takes longer than `patience` milliseconds is refused.
   *
   * @throws {Error} for what is not the photo's fault
   */
  decode(request: DecodeRequest, patience: number): Promise<DecodeResponse>;
}

/** What is said of a photo that took too long. */
const LATE = /^corrupt: it takes longer than .* to decode$/;

/** Whether a decoder was given up for it. */
export const tookTooLong = (photo: DecodeResponse): boolean =>
  "refusal" in photo && LATE.test(photo.refusal);

const refused = (why: string): DecodeResponse => ({
  refusal: `corrupt: ${why}`,
  reason: "corrupt",
});

/** Starts a process that decodes, which may do nothing else. It takes the permission to run Deno. */
export const startDecoder: StartProcess = () =>
  startProcess({ module: new URL("./decode_process.ts", import.meta.url) });

/**
 * Whatever a photo does to its process (it never ends, takes all memory, crashes) costs this photo
 * alone: another process takes the place of that one.
 */
export class DecodeProcesses implements Decoders {
  readonly #pool: ProcessPool;

  constructor(processes: number, start: StartProcess = startDecoder) {
    this.#pool = new ProcessPool(start, "decodes photos", processes);
  }

  /** @throws {ProcessError} where no process can be started */
  async decode(request: DecodeRequest, patience: number): Promise<DecodeResponse> {
    try {
      return await this.#pool.run(encodeDecodeRequest(request), readDecoded, patience);
    } catch (error) {
      return refused(refusalOfFailure(error));
    }
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }
}

/**
 * For who may start no process. A worker that is stuck cannot be ended, so that several such end it
 * all; one that takes all memory takes this process with it.
 */
export class DecodeWorkers implements Decoders {
  readonly #pool: WorkerPool<DecodeRequest, DecodeResponse>;

  /** The process needs to read this folder of source files. */
  constructor(workers: number) {
    this.#pool = new WorkerPool(new URL("./decode_worker.ts", import.meta.url), workers);
  }

  /** @throws {StuckError} where too many were late */
  async decode(request: DecodeRequest, patience: number): Promise<DecodeResponse> {
    try {
      return await this.#pool.run(request, patience);
    } catch (error) {
      if (error instanceof LateError) return refused(`${error.message} to decode`);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#pool.close();
  }
}

export { StuckError };

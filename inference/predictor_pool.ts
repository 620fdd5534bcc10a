import { fileURLToPath } from "node:url";
import { type ProcessOptions, ProcessPool, startProcess } from "../data/process_pool.ts";
import type { Output } from "./predictor.ts";
import { encodeRequest, type PredictorRequest, readOutputs } from "./predictor_protocol.ts";

/** Processes that answer crops side by side; see `predictor_process.ts`. */
export class PredictorPool implements Disposable {
  readonly #pool: ProcessPool;

  /** @param v8Flags further arguments of `deno run` */
  constructor(request: PredictorRequest, processes: number, v8Flags: readonly string[]) {
    const options = predictorOptions(request, v8Flags);
    this.#pool = new ProcessPool(() => startProcess(options), "computes", processes);
  }

  /** @throws {ProcessError} when the process ended, with what it said of it */
  async predict(crops: readonly Uint8Array[]): Promise<Output[]> {
    const request = encodeRequest(crops);
    return await this.#pool.run(request, readOutputs) as Output[]; // nobody refuses a crop
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }
}

/** What starts one. */
export function predictorOptions(request: PredictorRequest, v8Flags: readonly string[]) {
  const folder = fileURLToPath(new URL("../backend/wasm/", import.meta.url));
  const reads = [folder, request.source.file];
  return {
    module: new URL("./predictor_process.ts", import.meta.url),
    flags: [...v8Flags, ...reads.map((read) => `--allow-read=${read}`)],
    args: [JSON.stringify(request)],
  } satisfies ProcessOptions;
}

import { fileURLToPath } from "node:url";
import { ProcessPool, startProcess } from "../data/process_pool.ts";
import type { Output } from "./predictor.ts";
import { encodeRequest, readOutputs } from "./predictor_protocol.ts";
import type { ModelSource } from "./open_model.ts";

/** Processes that answer crops side by side; see `predictor_process.ts`. */
export class PredictorPool implements Disposable {
  readonly #pool: ProcessPool;

  /** @param v8Flags further arguments of `deno run` */
  constructor(source: ModelSource, processes: number, v8Flags: readonly string[]) {
    const reads = [fileURLToPath(new URL("../backend/wasm/", import.meta.url)), source.file];
    const options = {
      module: new URL("./predictor_process.ts", import.meta.url),
      flags: [...v8Flags, ...reads.map((read) => `--allow-read=${read}`)],
      args: [JSON.stringify(source)],
    };
    this.#pool = new ProcessPool(() => startProcess(options), "computes", processes);
  }

  /** @throws {ProcessError} when the process ended, with what it said of it */
  predict(crops: readonly Uint8Array[]): Promise<Output[]> {
    return this.#pool.run(encodeRequest(crops), readOutputs);
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }
}

import { fileURLToPath } from "node:url";
import type { Output } from "./predictor.ts";
import { ByteReader, encodeRequest, readOutputs } from "./predictor_protocol.ts";
import type { ModelSource } from "./open_model.ts";

/** Processes that answer crops side by side; see `predictor_process.ts`. */
export class PredictorPool implements Disposable {
  readonly #all: PredictorProcess[];
  readonly #idle: PredictorProcess[];
  readonly #waiting: ((process: PredictorProcess) => void)[] = [];

  /** @param v8Flags further arguments of `deno run` */
  constructor(source: ModelSource, processes: number, v8Flags: readonly string[]) {
    this.#all = Array.from({ length: processes }, () => new PredictorProcess(source, v8Flags));
    this.#idle = [...this.#all];
  }

  /** @throws {Error} when the process ended, with what it said of it */
  async predict(crops: readonly Uint8Array[]): Promise<Output[]> {
    const process = this.#idle.pop() ??
      await new Promise<PredictorProcess>((resolve) => this.#waiting.push(resolve));
    try {
      return await process.predict(crops);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(process);
      else this.#idle.push(process);
    }
  }

  [Symbol.dispose](): void {
    for (const process of this.#all) process.kill();
  }
}

class PredictorProcess {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ByteReader;
  readonly #complaint: Promise<string>;

  constructor(source: ModelSource, v8Flags: readonly string[]) {
    const reads = [new URL("../backend/wasm/", import.meta.url), source.file];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        ...v8Flags,
        ...reads.map((read) => `--allow-read=${read instanceof URL ? fileURLToPath(read) : read}`),
        fileURLToPath(new URL("./predictor_process.ts", import.meta.url)),
        JSON.stringify(source),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = new ByteReader(this.#child.stdout);
    this.#complaint = new Response(this.#child.stderr).text();
    this.#complaint.catch(() => {});
    this.#input.closed.catch(() => {}); // whoever writes is told
  }

  async predict(crops: readonly Uint8Array[]): Promise<Output[]> {
    const answers = await this.#ask(crops).catch(() => undefined);
    if (answers) return answers;
    throw new Error(`a process that computes ended: ${(await this.#complaint).trim()}`);
  }

  async #ask(crops: readonly Uint8Array[]): Promise<Output[] | undefined> {
    await this.#input.write(encodeRequest(crops));
    return await readOutputs(this.#output);
  }

  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* It has ended. */ }
  }
}

import { fileURLToPath } from "node:url";
import type { Answer } from "./predictor.ts";
import { ByteReader, encodeRequest, readAnswers } from "./predictor_protocol.ts";
import type { ModelOrigin } from "./open_model.ts";

/** Processes that answer crops side by side; see `judge_process.ts`. */
export class JudgePool implements Disposable {
  readonly #all: JudgeProcess[];
  readonly #idle: JudgeProcess[];
  readonly #waiting: ((process: JudgeProcess) => void)[] = [];

  /** @param v8Flags further arguments of `deno run` */
  constructor(origin: ModelOrigin, processes: number, v8Flags: readonly string[]) {
    this.#all = Array.from({ length: processes }, () => new JudgeProcess(origin, v8Flags));
    this.#idle = [...this.#all];
  }

  /** @throws {Error} when the process ended, with what it said of it */
  async judge(crops: Uint8Array[]): Promise<Answer[]> {
    const process = this.#idle.pop() ??
      await new Promise<JudgeProcess>((resolve) => this.#waiting.push(resolve));
    try {
      return await process.judge(crops);
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

class JudgeProcess {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ByteReader;
  readonly #complaint: Promise<string>;

  constructor(origin: ModelOrigin, v8Flags: readonly string[]) {
    const reads = [new URL("../backend/wasm/", import.meta.url), pathOf(origin)];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        ...v8Flags,
        ...reads.map((read) => `--allow-read=${read instanceof URL ? fileURLToPath(read) : read}`),
        fileURLToPath(new URL("./predictor_process.ts", import.meta.url)),
        JSON.stringify(origin),
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

  async judge(crops: Uint8Array[]): Promise<Answer[]> {
    const answers = await this.#ask(crops).catch(() => undefined);
    if (answers) return answers;
    throw new Error(`a process that computes ended: ${(await this.#complaint).trim()}`);
  }

  async #ask(crops: Uint8Array[]): Promise<Answer[] | undefined> {
    await this.#input.write(encodeRequest(crops));
    return await readAnswers(this.#output);
  }

  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* It has ended. */ }
  }
}

const pathOf = (origin: ModelOrigin) => "artifact" in origin ? origin.artifact : origin.file;

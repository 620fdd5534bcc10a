/** A child process that reads files, with an eye on its time and memory. */
import { sendSignal } from "../send_signal.ts";
import type { Outcome } from "./kind.ts";
import { temporaryFolder } from "./kind.ts";
import { linesOf } from "./lines.ts";
import { peakMemory, resetPeak, residentMemory } from "./process_memory.ts";
import type { ReadAnswer } from "./reader_process.ts";

export interface ReadingLimits {
  /** A case that takes longer is a problem; the process is killed. */
  seconds: number;
  /** As `seconds`, in bytes. */
  memory: number;
}

/** How often memory is looked at, in ms. */
const LOOK = 20;
const PROGRAM = new URL("reader_process.ts", import.meta.url).pathname;

export class Reading implements AsyncDisposable {
  readonly #folder = temporaryFolder();
  readonly #limits: ReadingLimits;
  #child?: {
    process: Deno.ChildProcess;
    input: WritableStreamDefaultWriter;
    lines: AsyncGenerator<string>;
  };

  /** @param program that answers as `reader_process.ts` */
  constructor(limits: ReadingLimits, private readonly program = PROGRAM) {
    this.#limits = limits;
  }

  /** Has a reader read the bytes; a process that it ended is replaced for the next case. */
  async read(reader: string, bytes: Uint8Array, what: string): Promise<Outcome> {
    const { process, input, lines } = this.#child ??= await this.#start();
    const file = `${this.#folder.path}/file`;
    await Deno.writeFile(file, bytes);
    resetPeak(process.pid);
    const began = performance.now();
    let over: string | undefined;
    const watch = setInterval(() => {
      if (performance.now() - began > this.#limits.seconds * 1000) {
        over = `it does not end within ${this.#limits.seconds} s`;
      } else if ((residentMemory(process.pid) ?? 0) > this.#limits.memory) {
        over = `it takes more than ${Math.round(this.#limits.memory / 2 ** 20)} MiB`;
      }
      if (over) {
        clearInterval(watch);
        sendSignal(process, "SIGKILL");
      }
    }, LOOK);
    try {
      await input.write(new TextEncoder().encode(JSON.stringify({ reader, file }) + "\n"))
        .catch(() => {});
      const { value } = await lines.next();
      const peak = peakMemory(process.pid);
      if (value === undefined) {
        this.#child = undefined;
        const { code, signal } = await process.status;
        const ended = over ?? `it ended the process (${signal ?? `exit code ${code}`})`;
        return { verdict: "problem", what: `${what}: ${ended}`, peak: peak ?? this.#limits.memory };
      }
      const { verdict, message }: ReadAnswer = JSON.parse(value);
      const isOver = peak !== undefined && peak > this.#limits.memory;
      if (isOver) over = `it takes ${Math.round(peak / 2 ** 20)} MiB`;
      return over
        ? { verdict: "problem", what: `${what}: ${over}`, peak }
        : { verdict, what: `${what}${message && `: ${message}`}`, peak };
    } finally {
      clearInterval(watch);
    }
  }

  /** As `read`, of a reader that takes a request as JSON. */
  ask(reader: string, request: unknown, what: string): Promise<Outcome> {
    return this.read(reader, new TextEncoder().encode(JSON.stringify(request)), what);
  }

  async #start() {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--v8-flags=--max-old-space-size=1024", this.program],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const child = { process, input: process.stdin.getWriter(), lines: linesOf(process.stdout) };
    // The time to load its code is none of the first case's.
    await Deno.writeTextFile(`${this.#folder.path}/file`, "");
    await child.input.write(
      new TextEncoder().encode(
        JSON.stringify({ reader: "labels", file: `${this.#folder.path}/file` }) + "\n",
      ),
    );
    await child.lines.next();
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child) {
      await this.#child.input.close().catch(() => {});
      await this.#child.process.status;
      await this.#child.lines.return(undefined);
    }
    this.#folder[Symbol.dispose]();
  }
}

/**
 * Two processes, of which the second reads what the first one writes: what goes from one to the other
 * does not take its way through whoever asks them.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { IS_CHAINED } from "./answer_pipe.ts";
import { argumentsOf, endOf, type PipedProcess, type ProcessOptions } from "./process_pool.ts";

const PERMISSIONS = ["read", "write", "net", "env", "run", "ffi", "sys", "import"];

/** Windows hands no pipe of one process to another. */
export const canChain = Deno.build.os !== "windows";

/** Requests go to the first, answers come from the second. */
export interface ProcessChain extends PipedProcess {
  /** Whether the second ended for another reason than that there was nothing more to read. */
  broke: Promise<boolean>;
}

/**
 * A process that may become the first of two, or stay alone. It starts at once, which takes the
 * permission to run Deno.
 */
export class FirstProcess implements Disposable {
  readonly #process: ChildProcess;
  readonly #complaint: Promise<string>;

  constructor(options: ProcessOptions) {
    this.#process = start(options, "pipe");
    this.#complaint = endOf(streamOf(this.#process.stderr!));
    this.#process.stdin!.on("error", () => {}); // whoever writes is told
  }

  alone(): PipedProcess {
    this.#begin();
    return {
      input: this.#input(),
      output: streamOf(this.#process.stdout!),
      ended: statusOf(this.#process).then(() => this.#complaint),
      kill: () => this.#kill(),
    };
  }

  /** Starts the second one. */
  before(options: ProcessOptions): ProcessChain {
    const second = start(options, this.#process.stdout!);
    const complaint = endOf(streamOf(second.stderr!));
    const ended = statusOf(second);
    let isKilled = false;
    this.#begin();
    return {
      input: this.#input(),
      output: streamOf(second.stdout!),
      ended: ended.then(async () => {
        this.#kill(); // it may be stuck, and nobody reads what it writes
        return await this.#complaint + await complaint;
      }),
      broke: ended.then((code) => code !== 0 && !isKilled),
      kill: () => {
        isKilled = true;
        this.#kill();
        second.kill("SIGKILL");
      },
    };
  }

  [Symbol.dispose](): void {
    this.#kill();
  }

  #kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Before, whatever it wrote might be read here. */
  #begin(): void {
    this.#process.stdin!.write(Uint8Array.of(1));
  }

  #input(): WritableStream<Uint8Array> {
    const { stdin } = this.#process;
    return new WritableStream({
      write: (bytes) =>
        new Promise((resolve, reject) =>
          stdin!.write(bytes, (error) => error ? reject(error) : resolve())
        ),
    });
  }
}

function start(options: ProcessOptions, stdin: "pipe" | Readable): ChildProcess {
  const flags = [...options.flags ?? [], ...denialsBeside(options.flags ?? [])];
  const args = argumentsOf({ ...options, flags, args: [...options.args ?? [], IS_CHAINED] });
  return spawn(Deno.execPath(), args, { stdio: [stdin, "pipe", "pipe"] });
}

/**
 * What the flags do not allow, denied by name: `spawn` of node:child_process adds -A where it starts
 * Deno and no flag speaks of permissions. A denial holds beside it.
 */
function denialsBeside(flags: readonly string[]): string[] {
  return PERMISSIONS
    .filter((permission) => !flags.some((flag) => flag.startsWith(`--allow-${permission}`)))
    .map((permission) => `--deny-${permission}`);
}

/** Its exit code; null where it was killed, or could not be started. */
function statusOf(process: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    process.once("exit", resolve);
    process.once("error", () => resolve(null));
  });
}

function streamOf(readable: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(readable) as ReadableStream<Uint8Array>;
}

/**
 * Two processes, of which the second reads what the first one writes: what goes from one to the other
 * does not take its way through whoever asks them.
 *
 * Between them is a pair of sockets, which holds a crop whole where a pipe holds 64 kB of its 150: the
 * one that writes need not be woken up again and again by the one that reads.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { ANSWERS_FD, IS_CHAINED } from "./answer_pipe.ts";
import { argumentsOf, endOf, type PipedProcess, type ProcessOptions } from "./process_pool.ts";

/**
 * Whether this system can: Windows hands no pipe of one process to another, and sockets of macOS hold
 * 8 kB.
 */
export const CAN_CHAIN = Deno.build.os === "linux";

const PERMISSIONS = ["read", "write", "net", "env", "run", "ffi", "sys", "import"];

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
    this.#complaint = complaintOf(this.#process);
  }

  alone(): PipedProcess {
    return {
      input: this.#begin(),
      output: answersOf(this.#process),
      ended: statusOf(this.#process).then(() => this.#complaint),
      kill: () => this[Symbol.dispose](),
    };
  }

  /** Starts the second one. */
  before(options: ProcessOptions): ProcessChain {
    const second = start(options, this.#process.stdio[ANSWERS_FD] as Readable);
    const complaint = complaintOf(second);
    const ended = statusOf(second);
    let isKilled = false;
    return {
      input: this.#begin(),
      output: answersOf(second),
      ended: ended.then(async () => {
        this[Symbol.dispose](); // it may be stuck, and nobody reads what it writes
        return await this.#complaint + await complaint;
      }),
      broke: ended.then((code) => code !== 0 && !isKilled),
      kill: () => {
        isKilled = true;
        this[Symbol.dispose]();
        second.kill("SIGKILL");
      },
    };
  }

  [Symbol.dispose](): void {
    this.#process.kill("SIGKILL");
  }

  /** Has it say that it is there. Before, this process might read what is meant for the second one. */
  #begin(): WritableStream<Uint8Array> {
    const stdin = this.#process.stdin!;
    stdin.on("error", () => {}); // whoever writes is told
    stdin.write(Uint8Array.of(1));
    return new WritableStream({
      write: (bytes) =>
        new Promise((resolve, reject) =>
          stdin.write(bytes, (error) => error ? reject(error) : resolve())
        ),
    });
  }
}

function start(options: ProcessOptions, stdin: "pipe" | Readable): ChildProcess {
  const flags = [...options.flags ?? [], ...denialsBeside(options.flags ?? [])];
  const args = argumentsOf({ ...options, flags, args: [...options.args ?? [], IS_CHAINED] });
  return spawn(Deno.execPath(), args, { stdio: [stdin, "ignore", "pipe", "pipe"] });
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

const complaintOf = ({ stderr }: ChildProcess) => endOf(streamOf(stderr!));

const answersOf = ({ stdio }: ChildProcess) => streamOf(stdio[ANSWERS_FD] as Readable);

function streamOf(readable: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(readable) as ReadableStream<Uint8Array>;
}

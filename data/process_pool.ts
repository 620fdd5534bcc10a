/**
 * Processes of one module that answer requests through their pipes, whichever is free. A worker
 * that is stuck in one photo cannot be ended (`Worker.terminate` waits for it, for minutes in Deno
 * 2.9); a process can, and takes its memory with it.
 */
import { fileURLToPath } from "node:url";
import { PipeReader } from "./pipe_reader.ts";

export interface ProcessOptions {
  /** Of a file that calls `answerPipe`. */
  module: URL;
  /** What it does, for messages: "computes". */
  purpose: string;
  /** Arguments of `deno run`: its permissions, and V8's flags. */
  flags?: readonly string[];
  /** Its own arguments. */
  args?: readonly string[];
}

/** Why there is no answer. */
export class ProcessError extends Error {
  constructor(readonly reason: "not started" | "late" | "ended", message: string) {
    super(message);
  }
}

type Request = readonly Uint8Array[];

/** Takes an answer from the pipe; undefined where the process ended before. */
type ReadAnswer<Answer> = (output: PipeReader) => Promise<Answer | undefined>;

/** Requests are begun in the order in which they come, one a process. */
export class ProcessPool implements Disposable {
  readonly #all = new Set<PipedProcess>();
  readonly #idle: PipedProcess[] = [];
  readonly #waiting: ((process: PipedProcess) => void)[] = [];
  #isClosed = false;

  /** The processes start at once. */
  constructor(private readonly options: ProcessOptions, size: number) {
    this.grow(size);
  }

  /** Starts further processes, until there are so many. */
  grow(size: number): void {
    while (this.#all.size < size) this.#release(this.#start());
  }

  /**
   * Has a process answer. One that fails is killed, and another takes its place.
   * @param request in parts, or what gives them once a process is free
   * @param patience milliseconds that the answer may take, without limit by default; a process that
   * is still starting is waited for
   * @throws {ProcessError} when the process ended, with what it said of it, or took too long
   */
  async run<Answer>(
    request: Request | (() => Promise<Request>),
    read: ReadAnswer<Answer>,
    patience?: number,
  ): Promise<Answer> {
    let process = this.#idle.pop() ??
      await new Promise<PipedProcess>((resolve) => this.#waiting.push(resolve));
    // Whatever ended it while it was idle was not this request.
    if (process.hasEnded) process = this.#replace(process);
    try {
      const parts = typeof request === "function" ? await request() : request;
      return await process.ask(parts, read, patience).catch((error) => {
        process = this.#replace(process);
        throw error;
      });
    } finally {
      this.#release(process);
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const process of this.#all) process.kill();
  }

  #release(process: PipedProcess): void {
    const next = this.#waiting.shift();
    if (next) next(process);
    else this.#idle.push(process);
  }

  #start(): PipedProcess {
    const process = new PipedProcess(this.options);
    this.#all.add(process);
    return process;
  }

  #replace(process: PipedProcess): PipedProcess {
    process.kill();
    if (this.#isClosed) return process;
    this.#all.delete(process);
    return this.#start();
  }
}

class PipedProcess {
  readonly #purpose: string;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: PipeReader;
  readonly #complaint: Promise<string>;
  /** Whether it said that it is there; undefined where it ended instead. */
  readonly #ready: Promise<Uint8Array | undefined>;
  #hasEnded = false;

  constructor({ module, purpose, flags = [], args = [] }: ProcessOptions) {
    this.#purpose = purpose;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...flags, fileURLToPath(module), ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#child.status.then(() => this.#hasEnded = true, () => {});
    this.#input = this.#child.stdin.getWriter();
    this.#output = new PipeReader(this.#child.stdout);
    this.#complaint = endOf(this.#child.stderr);
    this.#complaint.catch(() => {});
    this.#input.closed.catch(() => {}); // whoever writes is told
    this.#ready = this.#output.read(1);
    this.#ready.catch(() => {});
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  async ask<Answer>(
    request: Request,
    read: ReadAnswer<Answer>,
    patience: number | undefined,
  ): Promise<Answer> {
    const isReady = await this.#ready.catch(() => undefined);
    const answer = this.#exchange(request, read).catch(() => undefined);
    const answered = await (patience === undefined ? answer : within(answer, patience));
    if (answered === LATE) {
      throw new ProcessError("late", `it takes longer than ${patience! / 1000} s`);
    }
    if (answered !== undefined) return answered;
    const message = `a process that ${this.#purpose} ended: ${(await this.#complaint).trim()}`;
    throw new ProcessError(isReady ? "ended" : "not started", message);
  }

  async #exchange<Answer>(request: Request, read: ReadAnswer<Answer>) {
    for (const part of request) await this.#input.write(part);
    return await read(this.#output);
  }

  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* It has ended. */ }
  }
}

const LATE = Symbol();

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | typeof LATE> {
  const { promise: late, resolve } = Promise.withResolvers<typeof LATE>();
  const timer = setTimeout(() => resolve(LATE), milliseconds);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a process said last: one that complains without end fills no memory. */
async function endOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text = (text + part).slice(-8192);
  }
  return text;
}

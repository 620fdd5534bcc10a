/**
 * Processes of one module that answer requests through their pipes, whichever is free. A worker
 * that is stuck in one photo cannot be ended (`Worker.terminate` waits for it, for minutes in Deno
 * 2.9); a process can, and takes its memory with it.
 */
import { fileURLToPath } from "node:url";
import { Joiner, PipeReader } from "./pipe_reader.ts";

/** A process that is there, by its pipes. */
export interface PipedProcess {
  input: WritableStream<Uint8Array>;
  output: ReadableStream<Uint8Array>;
  /** Settled once it is over, with what it said last. */
  ended: Promise<string>;
  kill(): void;
}

/** Starts a process that calls `answerPipe`. */
export type StartProcess = () => PipedProcess | Promise<PipedProcess>;

export interface ProcessOptions {
  /** Of a file that calls `answerPipe`. */
  module: URL;
  /** Arguments of `deno run`: its permissions, and V8's flags. */
  flags?: readonly string[];
  /** Its own arguments. */
  args?: readonly string[];
}

export function argumentsOf({ module, flags = [], args = [] }: ProcessOptions): string[] {
  return ["run", "--no-prompt", ...flags, fileURLToPath(module), ...args];
}

/** Starts a process of this one's, which takes the permission to run Deno. */
export function startProcess(options: ProcessOptions): PipedProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: argumentsOf(options),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaint = endOf(child.stderr);
  return {
    input: child.stdin,
    output: child.stdout,
    ended: child.status.then(() => complaint),
    kill() {
      try {
        child.kill("SIGKILL");
      } catch { /* It has ended. */ }
    },
  };
}

/** Why there is no answer. */
export class ProcessError extends Error {
  /** `unbegun`: it ended over what it was asked before, and can be asked again. */
  constructor(readonly reason: "not started" | "late" | "ended" | "unbegun", message: string) {
    super(message);
  }
}

/**
 * Why a photo gives nothing whose decoding process failed.
 * @throws what is not the photo's fault: where no process can be started, say
 */
export function refusalOfFailure(error: unknown): string {
  if (!(error instanceof ProcessError) || error.reason === "not started") throw error;
  return error.reason === "late" ? `${error.message} to decode` : "it breaks the decoder";
}

type Request = readonly Uint8Array[];

/** Takes an answer from the pipe; undefined where the process ended before. */
type ReadAnswer<Answer> = (output: PipeReader) => Promise<Answer | undefined>;

/** Requests are begun in the order in which they come. */
export class ProcessPool implements Disposable {
  readonly #all = new Set<Answerer>();
  readonly #idle: Answerer[] = [];
  readonly #waiting: ((process: Answerer) => void)[] = [];
  #isClosed = false;

  /**
   * The processes start at once.
   * @param purpose what they do, for messages: "computes"
   * @param ahead requests that a process is given before it has answered the one before
   */
  constructor(
    private readonly start: StartProcess,
    private readonly purpose: string,
    size: number,
    ahead = 0,
  ) {
    const processes = Array.from({ length: size }, () => this.#start());
    // Each has something to do before one has more.
    for (let i = 0; i <= ahead; i++) this.#idle.push(...processes);
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
      await new Promise<Answerer>((resolve) => this.#waiting.push(resolve));
    // Whatever ended it while it was idle was not this request.
    if (process.hasEnded) process = this.#replace(process);
    try {
      const parts = typeof request === "function" ? await request() : request;
      while (true) {
        try {
          return await process.ask(parts, read, patience);
        } catch (error) {
          process = this.#replace(process);
          const isUnbegun = error instanceof ProcessError && error.reason === "unbegun";
          if (!isUnbegun || this.#isClosed) throw error;
        }
      }
    } finally {
      this.#release(process);
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const process of this.#all) process.kill();
  }

  #release(process: Answerer): void {
    const next = this.#waiting.shift();
    if (next) next(process);
    else this.#idle.push(process);
  }

  #start(): Answerer {
    const process = new Answerer(this.start(), this.purpose);
    this.#all.add(process);
    return process;
  }

  /** By one and the same, for all that it was asked. */
  #replace(process: Answerer): Answerer {
    process.kill();
    if (this.#isClosed) return process;
    this.#all.delete(process);
    return process.successor ??= this.#start();
  }
}

/** A process that answers requests, one after the other. */
class Answerer {
  /** What took its place. */
  successor?: Answerer;
  readonly #process: Promise<PipedProcess>;
  readonly #input: Promise<WritableStreamDefaultWriter<Uint8Array>>;
  readonly #output: Promise<PipeReader>;
  readonly #complaint: Promise<string>;
  /** Whether it said that it is there; undefined where it ended instead. */
  readonly #ready: Promise<Uint8Array | undefined>;
  readonly #joiner = new Joiner();
  /** Of the last request: once it is written, and whether it was answered. */
  #written: Promise<unknown> = Promise.resolve();
  #answered: Promise<boolean> = Promise.resolve(true);
  #hasEnded = false;

  constructor(process: PipedProcess | Promise<PipedProcess>, private readonly purpose: string) {
    this.#process = Promise.resolve(process);
    this.#complaint = this.#process.then(({ ended }) => ended)
      .catch((error) => (error as Error).message);
    this.#complaint.then(() => this.#hasEnded = true);
    this.#input = this.#process.then(({ input }) => {
      const writer = input.getWriter();
      writer.closed.catch(() => {}); // whoever writes is told
      return writer;
    });
    this.#input.catch(() => {});
    this.#output = this.#process.then(({ output }) => new PipeReader(output));
    this.#ready = this.#output.then((output) => output.read(1));
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
    const before = this.#answered;
    const answer = this.#exchange(request, read, before).catch(() => undefined);
    this.#answered = answer.then((answer) => answer !== undefined);
    const isBegun = await before;
    const isReady = await this.#ready.catch(() => undefined);
    const answered = await (patience === undefined ? answer : within(answer, patience));
    if (answered === LATE) {
      throw new ProcessError("late", `it takes longer than ${patience! / 1000} s`);
    }
    if (answered !== undefined) return answered;
    const message = `a process that ${this.purpose} ended: ${(await this.#complaint).trim()}`;
    throw new ProcessError(!isReady ? "not started" : isBegun ? "ended" : "unbegun", message);
  }

  async #exchange<Answer>(request: Request, read: ReadAnswer<Answer>, before: Promise<boolean>) {
    const written = this.#written.then(() => this.#write(request));
    this.#written = written.catch(() => {});
    await written;
    if (await before) return await read(await this.#output);
  }

  async #write(request: Request): Promise<void> {
    await this.#ready;
    const input = await this.#input;
    for (const part of this.#joiner.join(request)) await input.write(part);
  }

  kill(): void {
    this.#process.then((process) => process.kill(), () => {});
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
export async function endOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text = (text + part).slice(-8192);
  }
  return text;
}

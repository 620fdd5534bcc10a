/** A step's process: lines to it, and lines from it. */

/** How long a step may tidy up after it was asked to end. */
const GRACE_MS = 1500;
/** How long output is awaited that a step's own child processes hold open after its end. */
const DRAIN_MS = 1000;

/** Takes what is printed, a line at a time. */
export interface Listener {
  onOut(line: string): void;
  onError(line: string): void;
}

export class StepProcess {
  listener: Listener = { onOut() {}, onError() {} };
  /** Settled once it is over, and what it printed has been heard. */
  readonly ended: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #isOver = false;

  /** @param args of Deno's */
  constructor(args: string[], cwd: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args,
      cwd,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    // Stdin stays open: its end tells the step that we are gone.
    this.#input = this.#child.stdin.getWriter();
    const output = Promise.all([
      eachLine(this.#child.stdout, (line) => this.listener.onOut(line)),
      eachLine(this.#child.stderr, (line) => this.listener.onError(line)),
    ]);
    this.ended = this.#end(output);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  tell(line: string): void {
    this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  }

  kill(signal: Deno.Signal = "SIGKILL"): void {
    try {
      this.#child.kill(signal);
    } catch { /* It has ended already. */ }
  }

  async #end(output: Promise<unknown>): Promise<Deno.CommandStatus> {
    const { status } = this.#child;
    await Promise.race([status, output]);
    await status;
    this.#isOver = true;
    await within(DRAIN_MS, output);
    this.#input.close().catch(() => {});
    return await status;
  }
}

/** Ends a process politely, then by force, when it is told to or its time is up. */
export class Ending implements Disposable {
  isLate = false;
  #force?: ReturnType<typeof setTimeout>;
  readonly #limit?: ReturnType<typeof setTimeout>;

  /** @param seconds that the process may take; without limit when left out */
  constructor(
    private readonly process: StepProcess,
    private readonly signal?: AbortSignal,
    seconds?: number,
  ) {
    if (signal?.aborted) this.now();
    signal?.addEventListener("abort", this.now);
    if (seconds === undefined) return;
    this.#limit = setTimeout(() => {
      this.isLate = true;
      this.now();
    }, Math.min(1000 * seconds, LONGEST_TIMER_MS));
  }

  readonly now = () => {
    this.process.kill("SIGTERM");
    this.#force ??= setTimeout(() => this.process.kill(), GRACE_MS);
  };

  [Symbol.dispose](): void {
    clearTimeout(this.#force);
    clearTimeout(this.#limit);
    this.signal?.removeEventListener("abort", this.now);
  }
}

/** Of what `setTimeout` takes: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

async function eachLine(
  stream: ReadableStream<Uint8Array>,
  use: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) use(line);
  }
  if (rest) use(rest);
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer;
  const timeout = new Promise((resolve) => timer = setTimeout(resolve, milliseconds));
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}

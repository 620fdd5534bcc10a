/** Runs each step as a `deno run` of its own. */
import type { Json } from "../digest.ts";
import { formatLimit } from "../process/format_limit.ts";
import { messageOf } from "../errors.ts";
import type { Executor, Hooks, Outcome, Work } from "../executor.ts";
import { Guard } from "./guard.ts";
import { CHECKED, decodeMessage, type Message } from "../process/protocol.ts";
import { StepLog } from "./step_log.ts";

/** How long a step may tidy up after it was asked to end. */
const GRACE_MS = 1500;
/** Of what `setTimeout` takes: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** How long output is awaited that a step's own child processes hold open after its end. */
const DRAIN_MS = 1000;

export class LocalProcesses implements Executor, AsyncDisposable {
  readonly #guard = new Guard();

  async execute(work: Work, { onReady, onMessage, signal }: Hooks): Promise<Outcome> {
    using log = new StepLog(work.logFile);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...work.arguments, work.module.href],
      cwd: work.request.output,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    using end = new End(child, signal);
    using limit = new TimeLimit(work.timeLimit, end.now);
    using _dieWithUs = this.#guard.watch(child.pid);

    // Stdin stays open: its end tells the step that we are gone.
    const stdin = child.stdin.getWriter();
    const tell = (text: string) => void stdin.write(new TextEncoder().encode(text)).catch(() => {});
    tell(`${JSON.stringify(work.request)}\n`);

    let done = false;
    let result: Json | undefined;
    let failure: { message: string; stack?: string; network?: boolean } | undefined;
    let at = "";
    let checked = Promise.resolve();
    const receive = (message: Message) => {
      if (message.type === "ready") {
        checked = onReady().then(() => tell(CHECKED), (error) => {
          failure ??= { message: messageOf(error) };
          end.now();
        });
      } else if (message.type === "result") result = message.value;
      else if (message.type === "failed") failure ??= message;
      else if (message.type === "done") done = true;
      else if (message.type === "at") at = message.what;
      if (message.type === "log") log.write(message.text);
      onMessage(message);
    };

    const output = Promise.all([
      eachLine(child.stdout, (line) => {
        const message = decodeMessage(work.conceal(line));
        if (message) receive(message);
        else if (line) log.write(work.conceal(line));
      }),
      eachLine(child.stderr, (line) => log.write(work.conceal(line))),
    ]);
    const status = await Promise.race([child.status, output.then(() => child.status)]);
    await within(DRAIN_MS, output);
    await checked;
    stdin.close().catch(() => {});

    if (done && status.success && !failure) return { status: "done", result };
    const logged = { logTail: log.tail, logFile: log.path };
    const wasAt = at && `; it was at ${at}`;
    if (limit.isOver) {
      const message = `it took longer than its limit of ${formatLimit(work.timeLimit!)}${wasAt}`;
      return { status: "failed", error: { message, cause: "late", ...logged } };
    }
    const { message = lastWords(status, log.tail) + wasAt, stack, network } = failure ?? {};
    const cause = network ? { cause: "network" as const } : {};
    return { status: "failed", error: { message, ...cause, stack, ...logged } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guard[Symbol.asyncDispose]();
  }
}

/** Ends a process politely, then by force. */
class End implements Disposable {
  #timer?: ReturnType<typeof setTimeout>;

  constructor(private readonly child: Deno.ChildProcess, private readonly signal?: AbortSignal) {
    if (signal?.aborted) this.now();
    signal?.addEventListener("abort", this.now);
  }

  readonly now = () => {
    this.#kill("SIGTERM");
    this.#timer ??= setTimeout(() => this.#kill("SIGKILL"), GRACE_MS);
  };

  #kill(signal: Deno.Signal): void {
    try {
      this.child.kill(signal);
    } catch { /* It has ended already. */ }
  }

  [Symbol.dispose](): void {
    this.#kill("SIGKILL");
    clearTimeout(this.#timer);
    this.signal?.removeEventListener("abort", this.now);
  }
}

class TimeLimit implements Disposable {
  isOver = false;
  readonly #timer?: ReturnType<typeof setTimeout>;

  /** @param seconds none when left out */
  constructor(seconds: number | undefined, end: () => void) {
    if (seconds === undefined) return;
    this.#timer = setTimeout(() => {
      this.isOver = true;
      end();
    }, Math.min(1000 * seconds, LONGEST_TIMER_MS));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

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

/** What to say of a process that ended without saying why. */
function lastWords({ code, signal }: Deno.CommandStatus, tail: readonly string[]): string {
  if (signal === "SIGKILL") return "its process was killed: perhaps the machine ran out of memory";
  if (signal) return `its process was ended by ${signal}`;
  const error = tail.findLast((line) => line.startsWith("error: "));
  if (error) return error.replace(/^error: (Uncaught )?(\(in promise\) )?(Error: )?/, "");
  return code === 0
    ? "its process ended before the step was done: does its module end in `await runStep(…)`?"
    : `its process ended with exit code ${code}`;
}

/** Runs steps as programs of Deno's, on this machine. */
import type { Json } from "../digest.ts";
import { messageOf } from "../errors.ts";
import type { Executor, Hooks, Outcome, Work } from "../executor.ts";
import { formatLimit } from "../process/format_limit.ts";
import { CHECKED, decodeMessage, type Message } from "../process/protocol.ts";
import { Helpers } from "./helpers.ts";
import { ProcessPool } from "./process_pool.ts";
import { StepLog } from "./step_log.ts";
import { Ending } from "./step_process.ts";

export class LocalProcesses implements Executor, AsyncDisposable {
  readonly #pool = new ProcessPool();

  async execute(work: Work, { onReady, onMessage, signal }: Hooks): Promise<Outcome> {
    using log = new StepLog(work.logFile);
    using helpers = new Helpers(
      work.helpers ?? {},
      this.#pool.guard,
      (text) => log.write(work.conceal(text)),
    );
    const helped = { ...work.request, helpers: helpers.addresses };
    using lease = this.#pool.lease(work.helpers ? { ...work, request: helped } : work);
    const { process, request } = lease;
    using ending = new Ending(process, signal, work.timeLimit);

    const done = { out: Promise.withResolvers<void>(), error: Promise.withResolvers<void>() };
    let isDone = false;
    let result: Json | undefined;
    let failure: { message: string; stack?: string; cause?: "network" | "lost" } | undefined;
    let at = "";
    let checked = Promise.resolve();
    const receive = (message: Message) => {
      if (message.type === "ready") {
        checked = onReady().then(() => process.tell(CHECKED), (error) => {
          failure ??= { message: messageOf(error) };
          ending.now();
        });
      } else if (message.type === "result") result = message.value;
      else if (message.type === "failed") failure ??= message;
      else if (message.type === "done") done.out.resolve(void (isDone = true));
      else if (message.type === "at") at = message.what;
      if (message.type === "log") log.write(message.text);
      onMessage(message);
    };
    process.listener = {
      onOut: (line) => {
        const message = decodeMessage(work.conceal(line));
        if (message) receive(message);
        else if (line) log.write(work.conceal(line));
      },
      onError: (line) => {
        const isLast = request.stays && decodeMessage(line)?.type === "done";
        if (isLast) done.error.resolve();
        else if (line || !request.stays) log.write(work.conceal(line));
      },
    };
    process.tell(JSON.stringify(request));
    const answered = request.stays && Promise.all([done.out.promise, done.error.promise]);
    const status = await Promise.race([process.ended, ...answered ? [answered] : []]);
    await checked;

    const hasEnded = "success" in status;
    if (isDone && !failure && (!hasEnded || status.success)) {
      if (!hasEnded && !signal?.aborted && !ending.isLate) lease.giveBack();
      return { status: "done", result };
    }
    const logged = { logTail: log.tail, logFile: log.path };
    const wasAt = at && `; it was at ${at}`;
    if (ending.isLate) {
      const message = `it took longer than its limit of ${formatLimit(work.timeLimit!)}${wasAt}`;
      return { status: "failed", error: { message, cause: "late", ...logged } };
    }
    const lastWords = hasEnded ? lastWordsOf(status, log.tail) : "";
    const { message = lastWords + wasAt, stack, cause } = failure ?? {};
    return { status: "failed", error: { message, ...cause && { cause }, stack, ...logged } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}

/** What to say of a process that ended without saying why. */
function lastWordsOf({ code, signal }: Deno.CommandStatus, tail: readonly string[]): string {
  if (signal === "SIGKILL") return "its process was killed: perhaps the machine ran out of memory";
  if (signal) return `its process was ended by ${signal}`;
  const error = tail.findLast((line) => line.startsWith("error: "));
  if (error) return error.replace(/^error: (Uncaught )?(\(in promise\) )?(Error: )?/, "");
  return code === 0
    ? "its process ended before the step was done: does its module end in `await runStep(…)`?"
    : `its process ended with exit code ${code}`;
}

/**
 * Runs steps as jobs of Slurm's. The orchestrator owns the graph and hands over a step when its inputs
 * are there; Slurm owns the queue and the machines. What Slurm says decides nothing that a file can:
 * a step is done when it left its word and what it wrote has the digest that it says.
 */
import { messageOf } from "../../errors.ts";
import type { StepFailure } from "../../events.ts";
import type { Executor, Hooks, Needs, Outcome, Work } from "../../executor.ts";
import type { Message, Request } from "../../process/protocol.ts";
import { ResourcePool } from "../../process/resource_pool.ts";
import { removeIfThere, statOrNull } from "../../store/folder.ts";
import { LocalProcesses } from "../local_process.ts";
import { StepLog } from "../step_log.ts";
import { CLOCK, type Clock } from "./clock.ts";
import { collect } from "./fenced_checkpoints.ts";
import { JobWatch, PACE, type Pace } from "./job_watch.ts";
import type { Partition } from "./partition.ts";
import { requestsFor, type SlurmFlags } from "./requests.ts";
import type { Slurm } from "./slurm.ts";
import { helperAt, JOB_FOLDER, type Ticket, Tickets, type WrittenWork } from "./ticket.ts";
import type { Ending } from "./watched_job.ts";

export interface SlurmOptions {
  /** Where jobs and the orchestrator leave each other files: nodes must see it under this name. */
  folder: string;
  flags: SlurmFlags;
  partition: Partition;
  /** Whoever interrupts the run leaves its jobs where they are. */
  detach?: boolean;
  pace?: Pace;
  clock?: Clock;
}

export class SlurmExecutor implements Executor, AsyncDisposable {
  /** The queue takes what there is to do. */
  readonly capacity = { cpu: Infinity, gpu: Infinity };
  readonly #local = new LocalProcesses();
  readonly #machine = new ResourcePool(Infinity, { cpu: navigator.hardwareConcurrency, gpu: 1 });
  readonly #tickets: Tickets;
  readonly #watch: JobWatch;

  constructor(slurm: Slurm, private readonly options: SlurmOptions) {
    const { folder, pace = PACE, clock = CLOCK } = options;
    this.#tickets = new Tickets(folder);
    this.#watch = new JobWatch(slurm, folder, scriptFor, clock, pace);
  }

  describe(needs: Needs): string {
    return needs.here
      ? "runs here: it may use the network, or is told secrets"
      : `sbatch ${this.#requests(needs).join(" ")}`;
  }

  #requests(needs: Needs): string[] {
    return requestsFor(needs, this.options.flags, this.options.partition);
  }

  async execute(work: Work, hooks: Hooks): Promise<Outcome> {
    if (work.here) {
      using _room = await this.#machine.acquire(work.resources, hooks.giveUp);
      return await this.#local.execute(work, hooks);
    }
    using log = new StepLog(work.logFile);
    for (let found; (found = this.#tickets.newestOf(work.key));) {
      const attempt = new Attempt(found, work, hooks, log);
      if (work.afresh || !found.jobName) attempt.close();
      else {
        const outcome = await this.#follow(attempt, "taken up");
        if (outcome) return outcome;
      }
    }
    const ticket = this.#tickets.open(work.key, writtenWork(work));
    return (await this.#follow(new Attempt(ticket, work, hooks, log)))!;
  }

  /** @returns undefined for what an orchestrator before left and came to nothing while none watched */
  async #follow(attempt: Attempt, from?: "taken up"): Promise<Outcome | undefined> {
    const { ticket, work, hooks: { signal, giveUp } } = attempt;
    const job = this.#watch.follow({
      ticket,
      requests: this.#requests(work),
      onMessage: (message) => attempt.receive(message),
      onLine: (line) => attempt.log.write(line),
      onNote: (text) => attempt.note(text),
    });
    const over = Promise.withResolvers<"over">();
    const stop = () => over.resolve("over");
    const stopUnbegun = () => job.hasBegun() || stop();
    const listeners = [[signal, stop], [giveUp, stopUnbegun]] as const;
    for (const [signal, listen] of listeners) {
      if (signal?.aborted) listen();
      signal?.addEventListener("abort", listen);
    }
    try {
      const ended = await Promise.race([job.ended, over.promise, attempt.refused]);
      if (typeof ended === "object") {
        if (from && ended.kind !== "outcome") {
          attempt.note(`${ended.message}: it is submitted anew`);
          return attempt.close();
        }
        return await attempt.conclude(ended);
      }
      if (ended === "over" && signal?.aborted && this.options.detach) job.forget();
      else {
        job.cancel();
        attempt.close();
      }
      if (ended !== "over") return attempt.failure({ message: ended });
      signal?.throwIfAborted();
      throw giveUp!.reason;
    } finally {
      for (const [signal, listen] of listeners) signal?.removeEventListener("abort", listen);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch[Symbol.asyncDispose]();
    await this.#local[Symbol.asyncDispose]();
  }
}

/** One submission of a step, as the orchestrator that watches it sees it. */
class Attempt {
  /** In words, should the step's code not be what its key says. */
  readonly refused: Promise<string>;
  readonly #refuse: (message: string) => void;
  #checked = Promise.resolve();
  #at = "";

  constructor(
    readonly ticket: Ticket,
    readonly work: Work,
    readonly hooks: Hooks,
    readonly log: StepLog,
  ) {
    ({ promise: this.refused, resolve: this.#refuse } = Promise.withResolvers());
  }

  receive(message: Message): void {
    if (message.type === "ready") {
      this.#checked = this.hooks.onReady().catch((error) => this.#refuse(messageOf(error)));
    } else if (message.type === "at") this.#at = message.what;
    this.hooks.onMessage(message);
  }

  note(text: string): void {
    this.log.write(text);
    this.hooks.onMessage({ type: "log", text });
  }

  async conclude(ending: Ending): Promise<Outcome> {
    await this.#checked;
    try {
      if (ending.kind !== "outcome") return this.failure(ending);
      const { outcome, job } = ending.written;
      if (outcome.status === "failed") return this.failure(outcome.error);
      const output = `${this.ticket.path}/${job}/output`;
      if (!statOrNull(output)) {
        return this.failure({ message: "what it wrote is gone", kind: "lost" });
      }
      removeIfThere(this.work.request.output);
      Deno.renameSync(output, this.work.request.output);
      return outcome;
    } finally {
      this.close();
    }
  }

  failure(
    { kind, cause, message, stack, logTail = this.log.tail }:
      & Partial<StepFailure>
      & { message: string; kind?: Ending["kind"] },
  ): Outcome {
    const wasAt = this.#at && !message.includes("; it was at ") && kind
      ? `; it was at ${this.#at}`
      : "";
    const why = kind === "lost" ? { cause: "lost" as const } : cause && { cause };
    const error = { message: message + wasAt, ...why, stack, logTail, logFile: this.log.path };
    return { status: "failed", error };
  }

  /** Keeps what a next attempt can go on from, and nothing else. */
  close(): undefined {
    const { checkpoints } = this.work.request;
    for (const job of checkpoints ? this.ticket.look().jobs : []) {
      if (statOrNull(`${job}/checkpoints`)) collect(`${job}/checkpoints`, checkpoints!);
    }
    this.ticket.close();
  }
}

function writtenWork(work: Work): WrittenWork {
  const { module, request, argumentsFor, timeLimit, helpers, code, environment } = work;
  const own: Request = {
    ...request,
    output: `${JOB_FOLDER}/output`,
    ...request.checkpoints && { checkpoints: `${JOB_FOLDER}/checkpoints` },
    ...helpers && {
      helpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, helperAt(name)])),
    },
  };
  return {
    module: module.href,
    args: argumentsFor(own),
    request: { ...own, checkpoints: request.checkpoints },
    timeLimit,
    ...helpers && {
      helpers: Object.fromEntries(Object.entries(helpers).map(([name, { href }]) => [name, href])),
    },
    code,
    environment: Object.fromEntries(
      environment.map((name) => [name, Deno.env.get(name) ?? null]),
    ),
  };
}

/** `--export=NONE` leaves a job little, which is the same wherever it was submitted. */
function scriptFor(folder: string): string {
  const kept = ["HOME", "PATH", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [`export ${name}=${quoted(value)}`];
  });
  const program = new URL("node_job.ts", import.meta.url).href;
  const command = [Deno.execPath(), "run", "-A", "--no-prompt", "--quiet", program, folder];
  return ["#!/bin/sh", "export NO_COLOR=1", ...kept, `exec ${command.map(quoted).join(" ")}`, ""]
    .join("\n");
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

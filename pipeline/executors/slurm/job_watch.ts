/**
 * Everything that is in Slurm's queue for one orchestrator: submits, follows and cancels, with so many
 * calls a second as it is told and no more, however many jobs there are.
 */
import { messageOf } from "../../errors.ts";
import { discard, namesIn, removeIfThere, statOrNull } from "../../store/folder.ts";
import { readJson, writeJson } from "../../store/json_file.ts";
import type { Clock } from "./clock.ts";
import { type QueuedJob, type Slurm, SlurmError } from "./slurm.ts";
import { fateOf, unusualReason } from "./states.ts";
import type { JobName, WrittenOutcome } from "./ticket.ts";
import { type Asked, type Ending, WatchedJob } from "./watched_job.ts";

export interface Pace {
  /** Milliseconds between two looks at the files of jobs. */
  look: number;
  /** Milliseconds at least between two calls of `squeue`. */
  ask: number;
  /** Milliseconds at least between two calls of `sbatch`, and two of `scancel`. */
  order: number;
  /** Milliseconds that a file may take to be seen, and a job to be known. */
  grace: number;
}

export const PACE: Pace = { look: 1000, ask: 5000, order: 1000, grace: 20_000 };

/** Of an array, at most: Slurm's own default limit is one more. */
const MOST_TASKS = 1000;
/** Of the time between two looks, what a look itself may take: file systems are shared. */
const LOOK_SHARE = 0.05;
const LONGEST_WAIT_MS = 60_000;
/** To cancel what is left, once nothing else is to be done. */
const MOST_LAST_TRIES = 5;
/** Silence of Slurm's that is worth telling. */
const TOLD_AFTER_MS = 30_000;

export class JobWatch implements AsyncDisposable {
  readonly #jobs = new Set<WatchedJob>();
  readonly #cancelled = { ids: new Set<string>(), names: new Set<string>() };
  /** Names of what was submitted. */
  readonly #batches = new Set<string>();
  #turning?: Promise<void>;
  #isTurning = false;
  #lastTries = 0;
  #wake = Promise.withResolvers<void>();
  /** Jobs in the queue that nobody waits for, when it was last asked. */
  #strays = new Set<string>();
  readonly #last = { ask: -Infinity, submit: -Infinity, cancel: -Infinity };
  readonly #wait = { submit: 0, ask: 0 };
  #silentSince?: number;
  #mostTasks = MOST_TASKS;

  /**
   * @param folder for what belongs to a submission
   * @param script what a job runs, given its submission's folder
   */
  constructor(
    private readonly slurm: Slurm,
    private readonly folder: string,
    private readonly script: (folder: string) => string,
    private readonly clock: Clock,
    private readonly pace: Pace,
  ) {}

  /** Has it submitted, unless it is already; its end comes as `ended`. */
  follow(
    asked: Asked,
  ): { ended: Promise<Ending>; cancel(): void; forget(): void; hasBegun(): boolean } {
    const job = new WatchedJob(asked);
    job.name = asked.ticket.jobName;
    this.#jobs.add(job);
    this.#start();
    return {
      ended: job.ended.promise,
      cancel: () => this.#cancel(job),
      forget: () => {
        this.#jobs.delete(job);
        if (job.name) this.#batches.delete(job.name.batch);
      },
      hasBegun: () => job.hasBegun,
    };
  }

  /** Ends the watch once all that was to be cancelled is, or Slurm does not answer. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#jobs.clear();
    this.#wake.resolve();
    await this.#turning;
    for (const batch of namesIn(`${this.folder}/batches`)) {
      const tickets = readJson<string[]>(`${this.#folderOf(batch)}/tickets.json`) ?? [];
      if (!tickets.some(statOrNull)) discard(this.#folderOf(batch));
    }
  }

  #cancel(job: WatchedJob): void {
    if (!this.#jobs.delete(job) || !job.name) return;
    if (job.id) this.#cancelled.ids.add(job.id);
    else this.#cancelled.names.add(job.name.batch);
    this.#wake.resolve();
    this.#start();
  }

  #start(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#turning = this.#turn().catch((error) => {
      this.#isTurning = false;
      for (const job of this.#jobs) job.ended.reject(error);
      this.#jobs.clear();
    });
  }

  async #turn(): Promise<void> {
    // What is asked for at the same time is submitted together.
    await this.clock.sleep(Math.min(200, this.pace.order));
    while (this.#jobs.size > 0 || this.#hasOrders()) {
      const started = this.clock.now();
      for (const job of this.#jobs) if (job.name) this.#look(job);
      const took = this.clock.now() - started;
      await this.#cancelAll();
      await this.#ask();
      await this.#submit();
      if (this.#jobs.size === 0 && !this.#hasOrders()) break;
      this.#wake = Promise.withResolvers();
      const pause = Math.max(this.pace.look, took / LOOK_SHARE);
      await Promise.race([this.clock.sleep(pause), this.#wake.promise]);
    }
    this.#isTurning = false;
  }

  #hasOrders(): boolean {
    return this.#cancelled.ids.size > 0 || this.#cancelled.names.size > 0;
  }

  #isDue(what: "ask" | "submit" | "cancel", gap: number): boolean {
    const isDue = this.clock.now() - this.#last[what] >= gap;
    if (isDue) this.#last[what] = this.clock.now();
    return isDue;
  }

  /** @returns whether it is over */
  #look(job: WatchedJob): boolean {
    let written: WrittenOutcome | undefined;
    try {
      if (job.reader.read()) written = job.asked.ticket.outcome;
    } catch (error) {
      // A file system that is away for a moment says nothing of a job.
      job.tell(`its files cannot be read: ${messageOf(error)}`);
    }
    if (written) {
      job.tell(`job ${job.id ?? written.job} on ${written.node}`);
      this.#end(job, { kind: "outcome", written });
    }
    return written !== undefined;
  }

  #end(job: WatchedJob, ending: Ending): void {
    if (!this.#jobs.delete(job)) return;
    job.ended.resolve(ending);
  }

  async #ask(): Promise<void> {
    const submitted = [...this.#jobs].filter(({ name }) => name);
    if (submitted.length === 0) return;
    if (!this.#isDue("ask", Math.max(this.pace.ask, this.#wait.ask))) return;
    const started = this.clock.now();
    let rows: QueuedJob[];
    try {
      rows = await this.slurm.queue();
    } catch (error) {
      return this.#unanswered(submitted, error);
    }
    this.#silentSince = undefined;
    // A controller that takes long has better things to do.
    this.#wait.ask = Math.min(10 * (this.clock.now() - started), LONGEST_WAIT_MS);
    const byName = new Map<string, QueuedJob>();
    for (const row of rows) {
      const known = byName.get(nameOf(row));
      if (!known || fateOf(known).kind !== "alive") byName.set(nameOf(row), row);
    }
    this.#endStrays(rows);
    for (const job of submitted) {
      const row = byName.get(keyOf(job.name!));
      if (row) this.#see(job, row);
      else this.#miss(job);
    }
  }

  /** What was submitted twice, as it was not known whether it had been once, need not go on. */
  #endStrays(rows: readonly QueuedJob[]): void {
    const watched = new Set(Array.from(this.#jobs, ({ name }) => name && keyOf(name)));
    const strays = rows.filter((row) =>
      this.#batches.has(row.name) && !watched.has(nameOf(row)) && fateOf(row).kind === "alive"
    ).map(({ id }) => id);
    // One that just left its word ends by itself.
    for (const id of strays) if (this.#strays.has(id)) this.#cancelled.ids.add(id);
    this.#strays = new Set(strays);
  }

  #unanswered(jobs: readonly WatchedJob[], error: unknown): void {
    if (!(error instanceof SlurmError)) throw error;
    this.#silentSince ??= this.clock.now();
    if (this.clock.now() - this.#silentSince < TOLD_AFTER_MS) return;
    for (const job of jobs) job.tell(`Slurm does not answer, which ends nothing: ${error.message}`);
  }

  #see(job: WatchedJob, row: QueuedJob): void {
    job.isUnclear = false;
    job.row = row;
    job.id = row.id;
    if (row.state === "RUNNING") job.tell(`job ${row.id} on ${row.node}`);
    const reason = unusualReason(row);
    if (reason) job.tell(`job ${row.id} waits: ${reason}`);
    const fate = fateOf(row);
    if (fate.kind === "alive") job.missingSince = undefined;
    // Its last word may have come while Slurm was asked.
    else if (this.#look(job)) return;
    else if (fate.kind !== "over") this.#end(job, fate);
    else this.#waitForFile(job, `its job ${row.id} ended without a word`);
  }

  #miss(job: WatchedJob): void {
    if (this.#look(job)) return;
    // Submitted once more, in case that Slurm took it after all, it does no harm: see `Ticket`.
    if (job.isUnclear) this.#putBack(job);
    else {
      const id = job.id ?? job.name!.batch;
      this.#waitForFile(job, `Slurm does not know its job ${id} any more`, "");
    }
  }

  #waitForFile(
    job: WatchedJob,
    message: string,
    hint = ": do the nodes see the store's folder, and deno?",
  ): void {
    const now = this.clock.now();
    job.missingSince ??= now;
    if (now - job.missingSince < this.pace.grace) return;
    const { batch, task } = job.name!;
    const said = lastWordsIn(`${this.#folderOf(batch)}/${task}.out`);
    this.#end(job, { kind: "lost", message: message + (said ? ` (${said})` : hint) });
  }

  #putBack(job: WatchedJob): void {
    job.name = job.id = undefined;
    job.isUnclear = false;
  }

  async #submit(): Promise<void> {
    const waiting = [...this.#jobs].filter(({ name }) => !name);
    if (waiting.length === 0) return;
    if (!this.#isDue("submit", Math.max(this.pace.order, this.#wait.submit))) return;
    const [{ asked: { requests } }] = waiting;
    const wanted = JSON.stringify(requests);
    const jobs = waiting.filter(({ asked }) => JSON.stringify(asked.requests) === wanted)
      .slice(0, this.#mostTasks);
    const batch = `graft-${crypto.randomUUID().slice(0, 13)}`;
    const folder = this.#folderOf(batch);
    Deno.mkdirSync(folder, { recursive: true });
    writeJson(
      `${folder}/tickets.json`,
      jobs.map(({ asked }) => asked.ticket.path),
      { durable: false },
    );
    // Before it is asked for: whoever comes after us can find it by this name, and by no other.
    for (const [task, job] of jobs.entries()) {
      job.asked.ticket.jobName = job.name = { batch, task };
      job.missingSince = undefined;
      job.row = undefined;
    }
    this.#batches.add(batch);
    const submission = {
      name: batch,
      tasks: jobs.length,
      requests,
      folder,
      script: this.script(folder),
    };
    try {
      const id = await this.slurm.submit(submission);
      for (const [task, job] of jobs.entries()) job.id = `${id}_${task}`;
      this.#wait.submit = 0;
      this.#mostTasks = Math.min(2 * this.#mostTasks, MOST_TASKS);
    } catch (error) {
      if (!(error instanceof SlurmError)) throw error;
      this.#notSubmitted(jobs, error);
      if (error.kind !== "unanswered") removeIfThere(folder);
    }
  }

  #notSubmitted(jobs: readonly WatchedJob[], error: SlurmError): void {
    const wait = Math.max(this.pace.order, 2 * this.#wait.submit);
    this.#wait.submit = Math.min(wait, LONGEST_WAIT_MS);
    if (error.kind === "unanswered") {
      for (const job of jobs) job.isUnclear = true;
      return this.#unanswered(jobs, error);
    }
    if (error.kind === "full") {
      this.#mostTasks = Math.max(1, Math.floor(jobs.length / 2));
      // Fewer at once may fit right now.
      if (jobs.length > 1) this.#wait.submit = 0;
      else for (const job of jobs) job.tell(`the queue takes no more, it waits: ${error.message}`);
      return jobs.forEach((job) => this.#putBack(job));
    }
    const { requests } = jobs[0].asked;
    const message = `Slurm refused its job: ${error.message} (asked for ${requests.join(" ")})`;
    for (const job of jobs) this.#end(job, { kind: "failed", message });
  }

  async #cancelAll(): Promise<void> {
    if (!this.#hasOrders() || !this.#isDue("cancel", this.pace.order)) return;
    const { ids, names } = this.#cancelled;
    const [endIds, endNames] = [[...ids], [...names]];
    ids.clear();
    names.clear();
    try {
      await this.slurm.cancel(endIds, endNames);
    } catch (error) {
      if (!(error instanceof SlurmError)) throw error;
      if (this.#jobs.size === 0 && ++this.#lastTries > MOST_LAST_TRIES) return;
      endIds.forEach((id) => ids.add(id));
      endNames.forEach((name) => names.add(name));
    }
  }

  #folderOf(batch: string): string {
    return `${this.folder}/batches/${batch}`;
  }
}

const keyOf = ({ batch, task }: JobName) => `${batch} ${task}`;
const nameOf = ({ name, task }: QueuedJob) => keyOf({ batch: name, task });

/** Of what a job printed that did not come so far as to run its step: the error, or the last line. */
function lastWordsIn(path: string): string | undefined {
  try {
    const lines = Deno.readTextFileSync(path).trim().split("\n");
    return lines.find((line) => /\berror:/.test(line)) ?? (lines.at(-1) || undefined);
  } catch {
    return undefined;
  }
}

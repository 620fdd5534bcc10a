/**
 * A cluster of any number of nodes in which much goes wrong, at seeded times: jobs are files that
 * appear, and time is virtual. What a driver is told is what Slurm might say, however little it helps.
 */
import {
  type QueuedJob,
  type Slurm,
  SlurmError,
  type Submission,
} from "../../pipeline/executors/slurm/slurm.ts";
import { Ticket, type WrittenOutcome } from "../../pipeline/executors/slurm/ticket.ts";
import { statOrNull } from "../../pipeline/store/folder.ts";
import { readJson } from "../../pipeline/store/json_file.ts";
import type { VirtualClock } from "./virtual_clock.ts";

export interface Misfortune {
  /** Shares of jobs. */
  nodeLost: number;
  preempted: number;
  endsWithoutAWord: number;
  forgotten: number;
  timeLimit: number;
  /** Of those that were lost, how many go on in secret: their node lives, unseen. */
  livesOn: number;
  /** Shares of calls. */
  refusedUnheard: number;
  takenUnheard: number;
  queueSilent: number;
}

export const MISFORTUNE: Misfortune = {
  nodeLost: 0.03,
  preempted: 0.01,
  endsWithoutAWord: 0.01,
  forgotten: 0.005,
  timeLimit: 0.002,
  livesOn: 0.5,
  refusedUnheard: 0.05,
  takenUnheard: 0.05,
  queueSilent: 0.1,
};

interface SimulatedJob extends QueuedJob {
  folder: string;
  /** Where what it is to do lies, or lay. */
  ticket: string;
  endedAt?: number;
  number: number;
}

const SECOND = 1000;
/** Slurm forgets a job so long after its end. */
const REMEMBERED = 300 * SECOND;
/** An outage of the controller begins about so often, and lasts up to so long. */
const OUTAGE_EVERY = 3600 * SECOND;
const LONGEST_OUTAGE = 300 * SECOND;

const LIVES = /^(PENDING|RUNNING)$/;

export class SimulatedSlurm implements Slurm {
  readonly calls: { at: number; what: "submit" | "queue" | "cancel" }[] = [];
  /** What should never be. */
  readonly wrongs: string[] = [];
  readonly jobs = { submitted: 0, lost: 0, livedOn: 0, cancelled: 0 };
  readonly #known = new Map<string, SimulatedJob>();
  readonly #pending: SimulatedJob[] = [];
  #free: number;
  #numbers = 0;
  #outage = { from: 0, to: 0 };

  constructor(
    private readonly clock: VirtualClock,
    private readonly random: () => number,
    nodes: number,
    private readonly most: number,
    private readonly misfortune: Misfortune = MISFORTUNE,
  ) {
    this.#free = nodes;
    this.#planOutage();
  }

  async submit({ name, tasks, folder }: Submission): Promise<string> {
    await this.#call("submit");
    const { refusedUnheard, takenUnheard } = this.misfortune;
    if (this.#chance(refusedUnheard)) throw new SlurmError("unanswered", "Socket timed out");
    if (this.#pending.length + tasks > this.most) throw new SlurmError("full", "queue full");
    const array = ++this.#numbers;
    const tickets = readJson<string[]>(`${folder}/tickets.json`)!;
    for (let task = 0; task < tasks; task++) {
      const job: SimulatedJob = {
        name,
        task,
        id: `${array}_${task}`,
        state: "PENDING",
        time: "1:00:00",
        memory: "1G",
        node: "",
        reason: "Priority",
        folder,
        ticket: tickets[task],
        number: ++this.#numbers,
      };
      this.#known.set(job.id, job);
      this.#pending.push(job);
      this.jobs.submitted++;
    }
    this.#later(1, 10, () => this.#startWhatFits());
    if (this.#chance(takenUnheard)) throw new SlurmError("unanswered", "Socket timed out");
    return `${array}`;
  }

  async queue(): Promise<QueuedJob[]> {
    await this.#call("queue");
    if (this.#chance(this.misfortune.queueSilent)) {
      throw new SlurmError("unanswered", "Unable to contact slurm controller");
    }
    for (const [id, { endedAt }] of this.#known) {
      if (endedAt !== undefined && this.clock.now() - endedAt > REMEMBERED) this.#known.delete(id);
    }
    return Array.from(this.#known.values(), (job) => ({ ...job }));
  }

  async cancel(ids: readonly string[], names: readonly string[] = []): Promise<void> {
    await this.#call("cancel");
    for (const job of this.#known.values()) {
      if (!ids.includes(job.id) && !names.includes(job.name)) continue;
      if (!LIVES.test(job.state)) continue;
      this.jobs.cancelled++;
      if (job.state === "RUNNING") this.#free++;
      this.#end(job, "CANCELLED");
    }
  }

  /** Of all jobs that it knows, those that are not over. */
  get alive(): number {
    return [...this.#known.values()].filter(({ state }) => LIVES.test(state)).length;
  }

  async #call(what: "submit" | "queue" | "cancel"): Promise<void> {
    this.calls.push({ at: this.clock.now(), what });
    await this.clock.sleep(SECOND * (0.02 + this.random() ** 8));
    const { from, to } = this.#outage;
    if (this.clock.now() > to) this.#planOutage();
    if (this.clock.now() >= from && this.clock.now() <= to) {
      throw new SlurmError("unanswered", "Unable to contact slurm controller");
    }
  }

  #planOutage(): void {
    const from = this.clock.now() + OUTAGE_EVERY * this.random();
    this.#outage = { from, to: from + LONGEST_OUTAGE * this.random() };
  }

  #startWhatFits(): void {
    while (this.#free > 0 && this.#pending.length > 0) {
      const job = this.#pending.shift()!;
      if (job.state === "PENDING") this.#start(job);
    }
  }

  #start(job: SimulatedJob): void {
    this.#free--;
    Object.assign(job, { state: "RUNNING", node: `n${job.number}`, reason: "None" });
    const isThere = statOrNull(`${job.folder}/tickets.json`);
    const ticket = new Ticket(job.ticket);
    if (!isThere || !ticket.work) {
      return void this.#later(1, 2, () => this.#leave(job, "COMPLETED"));
    }
    const twin = [...this.#known.values()].find((other) =>
      other !== job && LIVES.test(other.state) && other.ticket === job.ticket
    );
    if (twin) this.wrongs.push(`${job.id} doubles ${twin.id}`);
    const folder = ticket.begin(`${job.number}.0`);
    Deno.mkdirSync(`${folder}/output`);
    this.#write(`${folder}/messages.ndjson`, `{"type":"ready"}\n`);
    this.#later(10, 600, () => this.#finish(job, ticket));
  }

  #finish(job: SimulatedJob, ticket: Ticket): void {
    if (job.state !== "RUNNING") return;
    const { nodeLost, preempted, endsWithoutAWord, forgotten, timeLimit, livesOn } =
      this.misfortune;
    let chance = this.random();
    const isOf = (share: number) => (chance -= share) < 0;
    const mayLiveOn = () => {
      this.jobs.lost++;
      if (!this.#chance(livesOn)) return;
      this.jobs.livedOn++;
      this.#later(1, 900, () => this.#leaveWord(job, ticket));
    };
    if (isOf(nodeLost)) {
      mayLiveOn();
      this.#later(6, 300, () => this.#leave(job, "NODE_FAIL"));
    } else if (isOf(preempted)) {
      this.jobs.lost++;
      this.#leave(job, "PREEMPTED");
    } else if (isOf(endsWithoutAWord)) {
      this.jobs.lost++;
      this.#leave(job, this.random() < 0.5 ? "COMPLETED" : "FAILED");
    } else if (isOf(forgotten)) {
      mayLiveOn();
      this.#known.delete(job.id);
      this.#leave(job, "COMPLETED");
    } else if (isOf(timeLimit)) this.#leave(job, "TIMEOUT");
    else {
      // Files of a node are seen a while after it wrote them, and before or after Slurm's word.
      this.#later(0, 10, () => this.#leaveWord(job, ticket));
      this.#later(0, 10, () => this.#leave(job, "COMPLETED"));
    }
  }

  /** As `node_job.ts` does it, but for its waiting for the disk. */
  #leaveWord(job: SimulatedJob, ticket: Ticket): void {
    const name = `${job.number}.0`;
    const folder = `${ticket.path}/${name}`;
    const isWritten = this.#write(`${folder}/output/text.txt`, ticket.path.split("/").at(-2)!);
    const written: WrittenOutcome = {
      job: name,
      node: job.node,
      outcome: isWritten
        ? { status: "done" }
        : { status: "failed", error: { message: "it could not write", logTail: [] } },
    };
    const draft = `${ticket.path}/outcome.${name}`;
    if (!this.#write(draft, JSON.stringify(written))) return;
    Deno.renameSync(draft, `${ticket.path}/outcome.json`);
  }

  /** Nowhere to write is no harm: that is how one that is late is kept away. */
  #write(path: string, text: string): boolean {
    try {
      Deno.writeTextFileSync(path, text);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  #leave(job: SimulatedJob, state: string): void {
    if (job.state !== "RUNNING") return;
    this.#free++;
    this.#end(job, state);
  }

  #end(job: SimulatedJob, state: string): void {
    Object.assign(job, { state, endedAt: this.clock.now() });
    this.#later(1, 5, () => this.#startWhatFits());
  }

  #chance(share: number): boolean {
    return this.random() < share;
  }

  /** @param from seconds @param to seconds */
  #later(from: number, to: number, then: () => void): void {
    this.clock.at(this.clock.now() + SECOND * (from + (to - from) * this.random()), then);
  }
}

/**
 * A step's submission, as a folder that the orchestrator and the node share:
 *
 *     jobs/KEY/TIME/work.json     what is to be done, written before anything is submitted
 *     jobs/KEY/TIME/job.json      the name that it is submitted by
 *     jobs/KEY/TIME/JOB.RESTART/  what one job does of it: its output, checkpoints, messages, log
 *     jobs/KEY/TIME/outcome.json  the step's end, by rename: what is not here has not ended
 *
 * Whatever runs twice (a node that was given up and lives, a number that Slurm gave again) does so in
 * folders of its own. A submission that is over is moved away, so that who comes late finds nothing to
 * do, and nowhere to write.
 */
import type { Outcome } from "../../executor.ts";
import type { Request } from "../../process/protocol.ts";
import { discard, namesIn, statOrNull } from "../../store/folder.ts";
import { readJson, writeJson } from "../../store/json_file.ts";

/** In arguments and requests, the folder of the job that does it, which the node alone knows. */
export const JOB_FOLDER = "/job-folder";

/** In arguments, where a helper is to be had on the node. */
export const helperAt = (name: string): string => `/job-helper-${name}/`;

export interface WrittenWork {
  module: string;
  /** Of `deno run`. */
  args: string[];
  request: Request;
  timeLimit?: number;
  /** Modules of helpers. */
  helpers?: Record<string, string>;
  code: Readonly<Record<string, string | null>>;
  /** Values of the variables that the step may read; null: not set. */
  environment: Record<string, string | null>;
}

export interface WrittenOutcome {
  /** Name of the job's folder. */
  job: string;
  node: string;
  outcome: Outcome;
}

/** By which Slurm knows it. */
export interface JobName {
  batch: string;
  task: number;
}

/** All submissions of a store. */
export class Tickets {
  /** @param folder on a file system that the nodes share */
  constructor(readonly folder: string) {}

  /** Of a step, the one that was opened last and is not over. */
  newestOf(key: string): Ticket | undefined {
    const newest = this.#namesOf(key).at(-1);
    return newest === undefined ? undefined : new Ticket(`${this.folder}/${key}/${newest}`);
  }

  open(key: string, work: WrittenWork): Ticket {
    const name = `${Date.now()}-${crypto.randomUUID().slice(0, 8)}`;
    const path = `${this.folder}/${key}/${name}`;
    Deno.mkdirSync(path, { recursive: true });
    // Should it be lost with the machine, the job finds no work, and the step is tried again.
    writeJson(`${path}/work.json`, work, { durable: false });
    return new Ticket(path);
  }

  /** By time. A name is never given again: who is late shall not find the next one's folder. */
  #namesOf(key: string): string[] {
    return namesIn(`${this.folder}/${key}`).filter((name) => /^\d+-[0-9a-f]{8}$/.test(name));
  }
}

export class Ticket {
  constructor(readonly path: string) {}

  get work(): WrittenWork | undefined {
    return readJson(`${this.path}/work.json`);
  }

  get jobName(): JobName | undefined {
    return readJson(`${this.path}/job.json`);
  }

  set jobName(name: JobName) {
    writeJson(`${this.path}/job.json`, name, { durable: false });
  }

  /** Folders of jobs that did something for it; and whether it has an outcome. */
  look(): { jobs: string[]; isOver: boolean } {
    const names = namesIn(this.path);
    return {
      jobs: names.filter((name) => /^\d+\.\d+$/.test(name)).map((name) => `${this.path}/${name}`),
      isOver: names.includes("outcome.json"),
    };
  }

  get outcome(): WrittenOutcome | undefined {
    return readJson(`${this.path}/outcome.json`);
  }

  set outcome(outcome: WrittenOutcome) {
    writeJson(`${this.path}/outcome.json`, outcome);
  }

  /**
   * A folder for a job, which no other has.
   *
   * @throws {Deno.errors.AlreadyExists | Deno.errors.NotFound} when another has, or it is over
   */
  begin(job: string): string {
    const folder = `${this.path}/${job}`;
    Deno.mkdirSync(folder);
    return folder;
  }

  /** It is over: whoever still works on it works for nobody. */
  close(): void {
    const grave = `${this.path}.${crypto.randomUUID()}.over`;
    try {
      Deno.renameSync(this.path, grave);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    discard(grave);
    const folder = this.path.slice(0, this.path.lastIndexOf("/"));
    if (namesIn(folder).length === 0 && statOrNull(folder)) {
      try {
        Deno.removeSync(folder);
      } catch { /* Another one was opened in it. */ }
    }
  }
}

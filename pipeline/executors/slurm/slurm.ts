/** Slurm as the executor sees it: three questions, of which each may go unanswered. */

/** Jobs that are submitted together, as one array: `--array=0-N`. */
export interface Submission {
  /** By which its jobs are found again, whatever numbers Slurm gives them. */
  name: string;
  /** How many jobs. */
  tasks: number;
  /** What is asked for: `--partition=gpu`. */
  requests: readonly string[];
  /** Where a job starts, and where Slurm writes what it prints: `0.out`. */
  folder: string;
  /** What each job runs; it knows which it is by `SLURM_ARRAY_TASK_ID`. */
  script: string;
}

/** One of the user's jobs, as `squeue` tells of it. */
export interface QueuedJob {
  name: string;
  task: number;
  /** `12_3`: of the array, and of the job in it. */
  id: string;
  /** `PENDING`, `RUNNING`, `NODE_FAIL`, … */
  state: string;
  /** Limits in Slurm's words. */
  time: string;
  memory: string;
  node: string;
  /** Why it waits, or ended so. */
  reason: string;
}

export interface Slurm {
  /**
   * Asks for jobs.
   *
   * @throws {SlurmError} when they were refused, or when it is not known whether they were taken
   */
  submit(submission: Submission): Promise<string>;
  /**
   * All of the user's jobs that Slurm remembers, also those that ended a while ago.
   *
   * @throws {SlurmError} when it does not answer, which says nothing of any job
   */
  queue(): Promise<QueuedJob[]>;
  /**
   * Ends jobs; those that are over already are no error.
   *
   * @param names of submissions of which the numbers are not known
   * @throws {SlurmError}
   */
  cancel(ids: readonly string[], names?: readonly string[]): Promise<void>;
}

export class SlurmError extends Error {
  override name = "SlurmError";

  /**
   * @param kind refused: nothing was done, nor will it be; full: nothing was done, there are too many
   *   jobs; unanswered: it may have been done
   */
  constructor(readonly kind: "refused" | "full" | "unanswered", message: string) {
    super(message);
  }
}

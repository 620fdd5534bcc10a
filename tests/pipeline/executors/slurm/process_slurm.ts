/** A Slurm without a queue or nodes: a job is a process that starts as soon as it is asked for. */
import type { QueuedJob, Slurm, Submission } from "../../../../pipeline/executors/slurm/slurm.ts";

export class ProcessSlurm implements Slurm, AsyncDisposable {
  readonly submissions: Submission[] = [];
  readonly #jobs: { row: QueuedJob; process: Deno.ChildProcess; ended: Promise<void> }[] = [];

  // deno-lint-ignore require-await -- promises are the interface's
  async submit(submission: Submission): Promise<string> {
    this.submissions.push(submission);
    const { name, tasks, script, folder } = submission;
    const array = `${this.submissions.length}`;
    Deno.writeTextFileSync(`${folder}/script.sh`, script);
    for (let task = 0; task < tasks; task++) {
      const row: QueuedJob = {
        name,
        task,
        id: `${array}_${task}`,
        state: "RUNNING",
        time: "1:00",
        memory: "256M",
        node: "n1",
        reason: "None",
      };
      const process = new Deno.Command("/bin/sh", {
        args: [`${folder}/script.sh`],
        cwd: folder,
        env: {
          SLURM_JOB_ID: array + task,
          SLURM_ARRAY_TASK_ID: `${task}`,
          SLURMD_NODENAME: "n1",
          SLURM_MEM_PER_NODE: "256",
        },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const ended = process.status.then(({ success }) => {
        if (row.state === "RUNNING") row.state = success ? "COMPLETED" : "FAILED";
      });
      this.#jobs.push({ row, process, ended });
    }
    return array;
  }

  // deno-lint-ignore require-await -- as above
  async queue(): Promise<QueuedJob[]> {
    return this.#jobs.map(({ row }) => ({ ...row }));
  }

  // deno-lint-ignore require-await -- as above
  async cancel(ids: readonly string[]): Promise<void> {
    for (const { row, process } of this.#jobs) {
      if (!ids.includes(row.id) || row.state !== "RUNNING") continue;
      row.state = "CANCELLED";
      process.kill("SIGTERM");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#jobs.map(({ ended }) => ended));
  }
}

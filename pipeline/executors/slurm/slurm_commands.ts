/** Slurm by its commands: `sbatch`, `squeue`, `scancel` and `sinfo`. */
import { type QueuedJob, type Slurm, SlurmError, type Submission } from "./slurm.ts";

/** For a command to answer. */
const PATIENCE_MS = 30_000;
const SEPARATOR = "|";
const FIELDS = ["%F", "%K", "%T", "%l", "%m", "%N", "%r", "%j"];

export class SlurmCommands implements Slurm {
  async submit({ name, tasks, requests, folder, script }: Submission): Promise<string> {
    const printed = await call("sbatch", [
      "--parsable",
      `--job-name=${name}`,
      `--array=0-${tasks - 1}`,
      // A job that is lost with its node is ours to begin anew, and not Slurm's.
      "--no-requeue",
      "--export=NONE",
      `--chdir=${folder}`,
      `--output=${folder}/%a.out`,
      ...requests,
    ], script);
    // "12", or "12;cluster"; a site's plugins may print before it.
    const id = /^(\d+)(;.*)?$/m.exec(printed)?.[1];
    if (!id) throw new SlurmError("unanswered", `sbatch printed ${printed.trim() || "nothing"}`);
    return id;
  }

  async queue(): Promise<QueuedJob[]> {
    const format = FIELDS.join(SEPARATOR);
    const printed = await call("squeue", [
      "--me",
      "--noheader",
      "--array",
      "--states=all",
      `--format=${format}`,
    ]);
    return printed.split("\n").filter(Boolean).flatMap((line) => {
      const [array, task, state, time, memory, node, reason, name] = line.split(SEPARATOR);
      if (!/^\d+$/.test(task)) return [];
      return [{
        name,
        task: Number(task),
        id: `${array}_${task}`,
        state,
        time,
        memory,
        node,
        reason,
      }];
    });
  }

  async cancel(ids: readonly string[], names: readonly string[] = []): Promise<void> {
    const calls = [
      ...ids.length > 0 ? [[...ids]] : [],
      ...names.map((name) => ["--me", `--name=${name}`]),
    ];
    for (const args of calls) {
      try {
        await call("scancel", ["--quiet", ...args]);
      } catch (error) {
        const isOver = /invalid job id|already complet/i.test((error as Error).message);
        if (!isOver) throw error;
      }
    }
  }
}

/**
 * Each node of the partition, or of every one: a line of partition, cores, megabytes, time limit and
 * generic resources.
 *
 * @throws {SlurmError}
 */
export async function listNodes(partition?: string): Promise<string[][]> {
  const printed = await call("sinfo", [
    "--noheader",
    "--Node",
    "--format=%P|%c|%m|%l|%G",
    ...partition ? [`--partition=${partition}`] : [],
  ]);
  return printed.split("\n").filter(Boolean).map((line) => line.split(SEPARATOR));
}

async function call(program: string, args: string[], input?: string): Promise<string> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      clearEnv: true,
      env: environment(),
      stdin: input === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new SlurmError(
      "refused",
      `there is no ${program} here: run this on a login node of the cluster, where Slurm's ` +
        "commands are",
    );
  }
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input)).catch(() => {});
    await writer.close().catch(() => {});
  }
  const [printed, said, status] = await Promise.all([
    new Response(child.stdout).text(),
    wordsUntilFull(child),
    child.status,
  ]);
  if (status.success) return printed;
  const message = wordsOf(said) || `${program} ended with ${status.signal ?? status.code}`;
  throw new SlurmError(kindOf(said, status.signal !== null), message);
}

const FULL = /queue full|unable to accept|temporarily disabled/i;

/** What it says on stderr; where the queue is full, `sbatch` would wait in it for minutes. */
async function wordsUntilFull(child: Deno.ChildProcess): Promise<string> {
  let said = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    try {
      if (FULL.test(said)) child.kill("SIGTERM");
    } catch { /* It has ended. */ }
  }
  return said;
}

/** What comes from a job that we run in ourselves would be taken as what is asked for. */
const environment = () =>
  Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) =>
      name === "SLURM_CONF" || !/^SLURM_/.test(name)
    ),
  );

/** @param isKilled it did not end by itself */
function kindOf(said: string, isKilled: boolean): SlurmError["kind"] {
  const isTooMuch = /submit limit|MaxSubmit|MaxJobs|MaxArraySize|Invalid job array/i;
  if (FULL.test(said) || isTooMuch.test(said)) return "full";
  const isAway = /contact|timed out|time out|connect|communicat|socket|temporar|zero bytes|i\/o/i;
  return isKilled || isAway.test(said) ? "unanswered" : "refused";
}

/** Without the program's name before each line. */
const wordsOf = (said: string) =>
  said.split("\n").map((line) => line.replace(/^\w+: (error: )?/, "").trim()).filter(Boolean)
    .join("; ");

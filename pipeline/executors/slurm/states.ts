/** What Slurm's word for a job's state says of the step in it. */
import type { StepFailure } from "../../events.ts";
import type { QueuedJob } from "./slurm.ts";

export type Fate =
  /** It waits, runs, or does what we do not know: only an end ends it. */
  | { kind: "alive" }
  /** It ended, whichever way: the step's own word, a file, has to be there soon. */
  | { kind: "over" }
  /** Not the step's doing: it is worth another attempt. */
  | { kind: "lost"; message: string }
  | { kind: "failed"; message: string; cause?: StepFailure["cause"] };

export function fateOf({ id, state, time, memory, node, reason }: QueuedJob): Fate {
  const on = node && node !== "(null)" ? ` on ${node}` : "";
  switch (state) {
    case "COMPLETED":
    case "FAILED":
      return { kind: "over" };
    case "NODE_FAIL":
      return { kind: "lost", message: `its job ${id} was lost with its node${on}` };
    case "BOOT_FAIL":
      return { kind: "lost", message: `the node of its job ${id} did not start` };
    case "PREEMPTED":
      return { kind: "lost", message: `its job ${id} had to make room for another one` };
    case "REVOKED":
    case "LAUNCH_FAILED":
    case "RECONFIG_FAIL":
      return { kind: "lost", message: `Slurm could not run its job ${id}${on} (${state})` };
    case "TIMEOUT":
    case "DEADLINE":
      return {
        kind: "failed",
        cause: "late",
        message: `its job ${id} was ended by its time limit of ${time} (h:mm:ss): ` +
          "give it more by --slurm time=…; a step with checkpoints goes on at the last one",
      };
    case "OUT_OF_MEMORY":
      return {
        kind: "failed",
        message: `its job ${id} needed more than the ${memory} of memory that it was given: ` +
          "give it more by --slurm mem=…",
      };
    case "CANCELLED":
      // By a person, or by Slurm: where a node cannot start one, it cancels all of an array, and after
      // its controller forgot some jobs, those that have their numbers now.
      return {
        kind: "lost",
        message: `its job ${id} was cancelled, by scancel or by Slurm` +
          (isReason(reason) ? ` (${reason})` : ""),
      };
    default:
      return { kind: "alive" };
  }
}

/** Why a job waits, where it may wait for good unless someone does something. */
export function unusualReason({ state, reason }: QueuedJob): string | undefined {
  if (state !== "PENDING" || !isReason(reason)) return undefined;
  return /^(Priority|Resources|BeginTime|JobArrayTaskLimit|Cleaning|Licenses)/.test(reason)
    ? undefined
    : reason;
}

const isReason = (reason: string) => reason !== "" && reason !== "None";

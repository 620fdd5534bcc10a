/** The cluster that `--executor slurm` means, as its `sinfo` tells of it: asked once. */
import type { Executor } from "../pipeline/executor.ts";
import { type Partition, partitionOf } from "../pipeline/executors/slurm/partition.ts";
import { parseSlurmFlags, type SlurmFlags } from "../pipeline/executors/slurm/requests.ts";
import { listNodes } from "../pipeline/executors/slurm/slurm_commands.ts";
import { openSlurm } from "../pipeline/executors/slurm/open_slurm.ts";
import { UsageError } from "./cli/errors.ts";
import type { ExecutionFlags } from "./cli/shared_flags.ts";

export interface Cluster {
  flags: SlurmFlags;
  partition: Partition;
}

const clusters = new Map<string, Promise<Cluster>>();

/**
 * Undefined where steps run on this machine.
 *
 * @throws {UsageError} for options that Slurm has not, or no Slurm
 */
export async function clusterOf(
  { executor = "local", slurm = "" }: Partial<ExecutionFlags>,
): Promise<Cluster | undefined> {
  if (executor !== "slurm") {
    if (slurm) throw new UsageError("--slurm is of --executor slurm: say that, too");
    return undefined;
  }
  const cluster = clusters.get(slurm) ?? askFor(slurm);
  clusters.set(slurm, cluster);
  return await cluster;
}

async function askFor(text: string): Promise<Cluster> {
  let flags: SlurmFlags;
  try {
    flags = text ? parseSlurmFlags(text) : new Map();
  } catch (error) {
    throw new UsageError(`--slurm ${text}: ${(error as Error).message}`);
  }
  let rows: string[][];
  try {
    rows = await listNodes(flags.get("partition"));
  } catch (error) {
    throw new UsageError(`--executor slurm: ${(error as Error).message}`);
  }
  const partition = partitionOf(rows, flags);
  if (partition.nodes.length === 0) {
    throw new UsageError(
      partition.name
        ? `--slurm partition=${partition.name}: there is none of that name, or it has no nodes ` +
          "(`sinfo` lists what there is)"
        : "--executor slurm: no partition is the default one: say --slurm partition=NAME " +
          "(`sinfo` lists what there is)",
    );
  }
  return { flags, partition };
}

/** The executor for these flags; undefined: the one that there is without any. */
export async function executorFor(
  flags: ExecutionFlags,
  store: string,
): Promise<(Executor & AsyncDisposable) | undefined> {
  const cluster = await clusterOf(flags);
  if (cluster) return openSlurm(store, { ...cluster, detach: flags.detach });
  if (flags.detach) {
    throw new UsageError("--detach is of --executor slurm: steps of this machine end with it");
  }
}

/**
 * What computes on the partition, where `auto` was asked for or its GPUs were.
 *
 * @throws {UsageError} for GPUs where there are none, or of several kinds
 */
export function chooseOnCluster(
  request: "auto" | "webgpu" | "wasm",
  { partition: { name, gpuKinds } }: Cluster,
): { backend: "webgpu" | "wasm"; device: string; hardware: boolean; reason: string } {
  const where = `of partition ${name}`;
  if (request === "wasm" || (request === "auto" && gpuKinds.length === 0)) {
    const reason = request === "wasm" ? "asked for" : `partition ${name} has no GPUs`;
    return { backend: "wasm", device: `CPUs ${where}`, hardware: false, reason };
  }
  if (gpuKinds.length === 0) {
    throw new UsageError(
      `partition ${name} has no GPUs: choose another by --slurm partition=NAME, or --backend wasm`,
    );
  }
  if (gpuKinds.length > 1) {
    throw new UsageError(
      `partition ${name} has GPUs of several kinds, on which results differ: say which by ` +
        `--slurm gres=gpu:KIND:1 (${gpuKinds.map((kind) => kind || "unnamed").join(", ")})`,
    );
  }
  const device = gpuKinds[0] ? `GPU ${gpuKinds[0]}` : `GPU ${where}`;
  const reason = request === "webgpu" ? "asked for" : `partition ${name} has GPUs`;
  return { backend: "webgpu", device, hardware: true, reason };
}

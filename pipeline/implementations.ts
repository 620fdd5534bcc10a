/** The one place that knows which `Store`, `Code` and `Executor` there are. */
import type { Code } from "./code.ts";
import { DenoCode } from "./code/deno_code.ts";
import type { Executor } from "./executor.ts";
import { LocalProcesses } from "./executors/local_process.ts";
import type { Partition } from "./executors/slurm/partition.ts";
import type { SlurmFlags } from "./executors/slurm/requests.ts";
import { SlurmCommands } from "./executors/slurm/slurm_commands.ts";
import { SlurmExecutor } from "./executors/slurm/slurm_executor.ts";
import type { Store } from "./store.ts";
import { FileStore } from "./store/file_store.ts";
import { Layout } from "./store/layout.ts";
import { LayeredStore } from "./store/layered_store.ts";

/**
 * @param root folder where artifacts are kept
 * @param readFrom further stores to take artifacts from; never written to
 */
export function openStore(root: string, readFrom: readonly string[] = []): Store {
  const own = new FileStore(root);
  const others = readFrom.map((other) => new FileStore(other));
  return others.length > 0 ? new LayeredStore(own, others) : own;
}

export const openCode = (store: Store): Code => new DenoCode(store);

export const openExecutor = (): Executor & AsyncDisposable => new LocalProcesses();

/**
 * Steps as jobs of a cluster that Slurm looks after.
 *
 * @param store on a file system that the nodes share
 * @param detach whether an interrupted run leaves its jobs where they are
 */
export const openSlurm = (
  store: string,
  cluster: { flags: SlurmFlags; partition: Partition; detach?: boolean },
): Executor & AsyncDisposable =>
  new SlurmExecutor(new SlurmCommands(), { ...cluster, folder: new Layout(store).jobs });

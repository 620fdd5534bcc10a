import { Layout } from "../../store/layout.ts";
import { SlurmCommands } from "./slurm_commands.ts";
import { SlurmExecutor, type SlurmOptions } from "./slurm_executor.ts";

/**
 * Steps as jobs of the cluster whose login node this is, to be handed to `run`.
 *
 * @param store on a file system that the nodes share
 */
export const openSlurm = (
  store: string,
  cluster: Pick<SlurmOptions, "flags" | "partition" | "detach">,
): SlurmExecutor =>
  new SlurmExecutor(new SlurmCommands(), { ...cluster, folder: new Layout(store).jobs });

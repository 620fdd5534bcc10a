/** The one place that knows which `Store`, `Code` and `Executor` there are. */
import type { Code } from "./code.ts";
import { DenoCode } from "./code/deno_code.ts";
import type { Executor } from "./executor.ts";
import { LocalProcesses } from "./executors/local_process.ts";
import type { Store } from "./store.ts";
import { FileStore } from "./store/file_store.ts";
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

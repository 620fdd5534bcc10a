/** The one place that knows which `Store`, `Code` and `Executor` there are. */
import type { Code } from "./code.ts";
import { DenoCode } from "./code/deno_code.ts";
import type { Executor } from "./executor.ts";
import { LocalProcesses } from "./executors/local_process.ts";
import type { Store } from "./store.ts";
import { FileStore } from "./store/file_store.ts";
import { LayeredStore } from "./store/layered_store.ts";
import { isAddress } from "./store/remote/address.ts";
import type { RemoteStore } from "./store/remote/remote_store.ts";
import { openRemote } from "./store/remote/open_remote.ts";

/**
 * @param root folder where artifacts are kept
 * @param readFrom further stores to take artifacts from, folders and addresses; never written to
 * @param share address of a store that gets what is made
 * @param signal ends what goes on at addresses
 * @throws {StoreError} for an address of none
 */
export function openStore(
  root: string,
  readFrom: readonly string[] = [],
  { share, signal }: { share?: string; signal?: AbortSignal } = {},
): Store {
  const own = new FileStore(root);
  if (readFrom.length === 0 && share === undefined) return own;
  const others = readFrom.filter((other) => !isAddress(other));
  const opened = new Map<string, RemoteStore>();
  const remoteAt = (address: string) => {
    const remote = opened.get(address) ?? openRemote(address, signal);
    opened.set(address, remote);
    return remote;
  };
  return new LayeredStore(
    own,
    others.map((other) => new FileStore(other)),
    readFrom.filter(isAddress).map(remoteAt),
    share === undefined ? undefined : remoteAt(share),
  );
}

/** Artifacts' paths go to processes that stand in other folders. */
export const absolute = (store: string): string =>
  isAddress(store) || /^([/\\]|[A-Za-z]:)/.test(store) ? store : `${Deno.cwd()}/${store}`;

export const openCode = (store: Store): Code => new DenoCode(store);

export const openExecutor = (): Executor & AsyncDisposable => new LocalProcesses();

/**
 * Locks that the operating system holds for a process and drops when it dies, however it dies.
 * Lock files are never removed: two processes could otherwise each lock a different file of the
 * same name.
 */
import type { WaitOptions } from "../store.ts";

const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 250;

export type LockMode = "shared" | "exclusive";

/** Undefined when another process (or another part of this one) holds it. */
export async function tryLock(path: string, mode: LockMode): Promise<Disposable | undefined> {
  const file = await Deno.open(path, { read: true, write: true, create: true });
  try {
    if (await file.tryLock(mode === "exclusive")) {
      return { [Symbol.dispose]: () => release(file) };
    }
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
}

/**
 * Unlocked first: a process that is being started has all open files for the moment until its program
 * is loaded, and with it a lock that was only closed.
 */
function release(file: Deno.FsFile): void {
  file.unlockSync();
  file.close();
}

/**
 * Waits until the lock is free. It asks again and again, because a wait inside the operating
 * system could not be aborted.
 */
export async function lock(
  path: string,
  mode: LockMode,
  { signal, onWait }: WaitOptions = {},
): Promise<Disposable> {
  for (let wait = FIRST_WAIT_MS;; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    signal?.throwIfAborted();
    const held = await tryLock(path, mode);
    if (held) return held;
    if (wait === FIRST_WAIT_MS) onWait?.();
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

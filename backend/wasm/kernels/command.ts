/** The kernel call that a thread is computing, as kernels see it. */

/** What backend/wasm/thread_pool.ts writes ahead of a kernel's own record. */
@unmanaged
export class Command {
  kernel: i32;
  chunks: i32;
  scratch: usize;
  scratchPerThread: usize;
}

/** Globals are a thread's own. */
let current: Command = changetype<Command>(0);

export function setCurrent(command: Command): void {
  current = command;
}

/** The record of the current kernel. */
export function kernelArguments(): usize {
  return changetype<usize>(current) + offsetof<Command>();
}

/** The memory that a thread may use while it computes a chunk. */
export function scratch(thread: i32): usize {
  return current.scratch + <usize>thread * current.scratchPerThread;
}

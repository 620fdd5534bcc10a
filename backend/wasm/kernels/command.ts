/** The kernel call that a thread is computing, as kernels see it. */
import { CommandHeader } from "./generated_abi";

/** Globals are a thread's own. */
let current: CommandHeader = changetype<CommandHeader>(0);

export function setCurrent(command: CommandHeader): void {
  current = command;
}

/** The record of the current kernel. */
export function kernelArguments(): usize {
  return changetype<usize>(current) + offsetof<CommandHeader>();
}

/** The memory that a thread may use while it computes a chunk. */
export function scratch(thread: i32): usize {
  return current.scratch + <usize>thread * current.scratchPerThread;
}

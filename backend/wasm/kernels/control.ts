/**
 * How the threads share work. The main thread publishes one kernel call (an epoch): its arguments
 * and a number of chunks. Every thread, the main one too, takes the next chunk until none is left.
 * What a chunk computes depends on its number alone, never on the thread that computes it, so
 * results do not depend on how many threads there are.
 *
 * The words lie on cache lines of their own. backend/wasm/pool.ts knows the same addresses.
 */
import { runChunk } from "./run_chunk";

const EPOCH: usize = 1024;
const NEXT_CHUNK: usize = 1088;
const ACTIVE: usize = 1152;
const OPEN: usize = 1216;
const PARKED: usize = 1280;
const THREADS: usize = 1344;

/** Arguments of the current kernel; its own start after the four common words. */
export const ARGUMENTS: usize = 2048;
export const KERNEL_ARGUMENTS: usize = ARGUMENTS + 16;

/** About 50 µs of polling before a worker parks, and before the main thread looks at its clock. */
const WORKER_SPINS: i32 = 200000;
const MAIN_SPINS: i32 = 1000000;

/** The memory that a thread may use while it computes a chunk. */
export function scratch(thread: i32): usize {
  return load<usize>(ARGUMENTS, 8) + <usize>thread * load<usize>(ARGUMENTS, 12);
}

function work(thread: i32): void {
  const kernel = load<i32>(ARGUMENTS);
  const chunks = load<i32>(ARGUMENTS, 4);
  for (;;) {
    const chunk = atomic.add<i32>(NEXT_CHUNK, 1);
    if (chunk >= chunks) break;
    runChunk(kernel, chunk, thread);
  }
}

/** Runs the kernel that ARGUMENTS describes. Returns as `join` does. */
export function dispatch(): bool {
  atomic.store<i32>(NEXT_CHUNK, 0);
  atomic.store<i32>(OPEN, 1);
  atomic.add<i32>(EPOCH, 1);
  if (atomic.load<i32>(PARKED) > 0) atomic.notify(EPOCH, -1);
  work(0);
  return join();
}

/** True once every worker has finished its last chunk; false: still waiting, call again. */
export function join(): bool {
  // A worker that wakes late finds the epoch closed, so nobody waits for it.
  atomic.store<i32>(OPEN, 0);
  for (let spins = 0; spins < MAIN_SPINS; spins++) {
    if (atomic.load<i32>(ACTIVE) == 0) return true;
  }
  return false;
}

/** A worker's whole life. Threads beyond the number in use sleep through every epoch. */
export function workerLoop(thread: i32): void {
  let seen = atomic.load<i32>(EPOCH);
  for (;;) {
    let spins = 0;
    while (atomic.load<i32>(EPOCH) == seen) {
      if (++spins > WORKER_SPINS) {
        atomic.add<i32>(PARKED, 1);
        atomic.wait<i32>(EPOCH, seen, -1);
        atomic.sub<i32>(PARKED, 1);
      }
    }
    seen = atomic.load<i32>(EPOCH);
    if (thread >= atomic.load<i32>(THREADS)) continue;
    atomic.add<i32>(ACTIVE, 1);
    if (atomic.load<i32>(OPEN)) work(thread);
    atomic.sub<i32>(ACTIVE, 1);
  }
}

/**
 * How the threads share work. The main thread writes kernel calls (commands) into a ring and goes
 * on; the workers compute them in their order, and the main thread too, once it needs results. Every
 * thread takes the next chunk of the oldest command; the one that ends its last chunk opens the next
 * command. What a chunk computes depends on its number alone, never on the thread that computes it,
 * so results do not depend on how many threads there are.
 *
 * backend/wasm/thread_pool.ts is the other side of it.
 */
import { setCurrent } from "./command";
import {
  COMMAND_BYTES, CommandHeader, COMMANDS, DONE, NEVER, NEXT, PARKED, PUBLISHED, RING, THREADS,
} from "./generated_abi";
import { runChunk } from "./run_chunk";

/** Polling, some hundred µs, before a worker parks, and before the main thread looks at its clock. */
const WORKER_SPINS: i32 = 100000;
const MAIN_SPINS: i32 = 500000;
const NAP_NANOSECONDS: i64 = 50000;

/** Computes a chunk. False if there is none to be taken now. */
export function takeChunk(thread: i32): bool {
  const next = atomic.load<i64>(NEXT);
  const number = <i32>(next >> 32), chunk = <i32>next;
  if (number == atomic.load<i32>(PUBLISHED)) return false;
  const pointer = RING + <usize>(number & (COMMANDS - 1)) * COMMAND_BYTES;
  const command = changetype<CommandHeader>(pointer);
  const chunks = command.chunks;
  if (chunk >= chunks) return false;
  // Fails if another thread took the chunk meanwhile; nothing of the above may hold then.
  if (atomic.cmpxchg<i64>(NEXT, next, next + 1) != next) return false;
  setCurrent(command);
  runChunk(command.kernel, chunk, thread);
  if (atomic.add<i32>(DONE, 1) + 1 == chunks) {
    atomic.store<i32>(DONE, 0);
    atomic.store<i64>(NEXT, <i64>(number + 1) << 32);
  }
  return true;
}

function pending(): i32 {
  return atomic.load<i32>(PUBLISHED) - <i32>(atomic.load<i64>(NEXT) >> 32);
}

/**
 * Computes along until at most `remaining` commands are left. False: still waiting for workers, call
 * again.
 */
export function finish(remaining: i32): bool {
  let spins = 0;
  while (pending() > remaining) {
    if (takeChunk(0)) spins = 0;
    else if (++spins > MAIN_SPINS) return false;
  }
  return true;
}

/** A worker's whole life. Threads beyond the number in use sleep through every command. */
export function workerLoop(thread: i32): void {
  let spins = 0;
  for (;;) {
    const inUse = thread < atomic.load<i32>(THREADS);
    if (inUse && takeChunk(thread)) {
      spins = 0;
    } else if (++spins > WORKER_SPINS) {
      spins = 0;
      // A command whose last chunks others compute is soon done, unless there are more threads than
      // processors: then they had better have this one.
      if (inUse && pending() > 0) atomic.wait<i32>(NEVER, 0, NAP_NANOSECONDS);
      else park(inUse);
    }
  }
}

function park(inUse: bool): void {
  const published = atomic.load<i32>(PUBLISHED);
  atomic.add<i32>(PARKED, 1);
  if (!inUse || pending() == 0) atomic.wait<i32>(PUBLISHED, published, -1);
  atomic.sub<i32>(PARKED, 1);
}

/** What threads would make of recorded kernels: kernels/queue.ts on paper. */

/** One start of a kernel. */
export interface KernelRun {
  kernel: string;
  /** Milliseconds of each of its chunks, computed by one thread. */
  chunks: readonly number[];
}

export interface Schedule {
  /** Until the last kernel is done. */
  ms: number;
  /** The share of the threads' time in which they had nothing to compute. */
  idle: number;
  /** Milliseconds of all threads together in which they waited for a kernel's last chunks, by kernel. */
  waiting: Map<string, number>;
}

/**
 * Kernels one after the other: each thread takes the next chunk once it is free, and the kernel
 * behind begins when the last chunk is done.
 */
export function scheduleOf(runs: readonly KernelRun[], threads: number): Schedule {
  const waiting = new Map<string, number>();
  let ms = 0, work = 0;
  for (const { kernel, chunks } of runs) {
    const busy: number[] = Array(threads).fill(0);
    for (const chunk of chunks) busy[busy.indexOf(Math.min(...busy))] += chunk;
    const last = Math.max(...busy), computed = chunks.reduce((a, b) => a + b, 0);
    ms += last;
    work += computed;
    waiting.set(kernel, (waiting.get(kernel) ?? 0) + threads * last - computed);
  }
  return { ms, idle: ms === 0 ? 0 : 1 - work / (threads * ms), waiting };
}

/**
 * Pipelines compiled by several processors before they are needed. A driver takes 80 ms for one
 * (NVIDIA's), a network and its kernels' variants are 370 of them, and WebGPU in Deno compiles one
 * after the other. But drivers keep what they compiled, for every device and process: so workers
 * with devices of their own compile, and the pipelines that are used come out of the driver's cache.
 * On an H100 MobileNetV2's first step took 15 s so, and 35 s without.
 */
import type { PipelineCode } from "./pipelines.ts";

/** Fewer are done before a worker has a device. */
const FEWEST_PER_WORKER = 8;
/** With six at once NVIDIA's driver (580.159 on an H100) never came back; four were done every time. */
const MOST_WORKERS = 4;
/**
 * A worker that takes longer is left to itself: what it was to compile is then compiled here, as is
 * all that comes later.
 */
const DEADLINE_MS = 30_000;
let isLate = false;

/**
 * Resolves when the driver knows them all; where workers fail, with fewer.
 *
 * @param most workers; fewer than two would only take the time of compiling twice
 * @returns how many pipelines were compiled
 */
export async function compileAhead(
  codes: readonly PipelineCode[],
  most = Math.min(MOST_WORKERS, navigator.hardwareConcurrency - 1),
): Promise<number> {
  if (typeof Deno === "undefined") return 0; // browsers compile in a process of their own
  const count = Math.min(most, Math.floor(codes.length / FEWEST_PER_WORKER));
  if (count < 2 || isLate) return 0;
  // The longest first, dealt out: they take longest.
  const sorted = codes.toSorted((a, b) => b.code.length - a.code.length);
  const compiled = await Promise.all(
    Array.from(
      { length: count },
      (_, worker) => compileInWorker(sorted.filter((_, i) => i % count === worker)),
    ),
  );
  return compiled.reduce((sum, each) => sum + each, 0);
}

/** @returns how many of them a driver now knows: none where the worker failed */
function compileInWorker(codes: PipelineCode[]): Promise<number> {
  const worker = new Worker(new URL("./compile_worker.ts", import.meta.url), { type: "module" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<number>((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      resolve(0);
    }, DEADLINE_MS);
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(0);
    };
    worker.postMessage(codes);
  }).finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}

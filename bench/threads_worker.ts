/**
 * Runs one kind of work on one thread and times every chunk of its kernels. Prints a JSON list of
 * `KernelRun`, in the order in which they were started; of each chunk the shortest time counts.
 *
 * Arguments: model, batch, kind of work, rounds.
 */
import * as tf from "@tensorflow/tfjs";
import { activateBackend } from "../backend/activate.ts";
import type { WasmBackend } from "../backend/wasm/backend.ts";
import { Kernel } from "../backend/wasm/generated_abi.ts";
import { modelWork } from "./model_work.ts";
import type { KernelRun } from "./schedule.ts";

const WARM_UP = 6;

const [model, batch, kind, rounds] = Deno.args;
await activateBackend("wasm", { threads: 1 });
const work = modelWork(model, { batch: Number(batch), side: 224, replayed: false })[kind];
await work(WARM_UP);

const { pool } = tf.backend() as WasmBackend;
const names = new Map(Object.entries(Kernel).map(([name, { number }]) => [number, name]));
const runs: { kernel: string; chunks: number[] }[] = [];
let index = 0;
const run = pool.run.bind(pool);
pool.run = (kernel, chunks, ...rest) => {
  run(kernel, chunks, ...rest);
  if (chunks === 0) return;
  const times: number[] = [];
  for (let i = 0; i < chunks; i++) {
    const start = performance.now();
    pool.kernels.takeChunk(0);
    times.push(performance.now() - start);
  }
  const known = runs[index++];
  if (!known) runs.push({ kernel: names.get(kernel.number)!, chunks: times });
  else known.chunks.forEach((ms, i) => known.chunks[i] = Math.min(ms, times[i]));
};
for (let round = 0; round < Number(rounds); round++) {
  index = 0;
  await work(1);
}
console.log(JSON.stringify(runs satisfies KernelRun[]));
Deno.exit(0);

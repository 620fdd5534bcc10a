/**
 * Times one kind of work when asked: a line `train_step 3` on stdin is answered by a JSON list of
 * three durations in ms on stdout. `pytorch_worker.py` answers the same.
 *
 * Arguments: backend (wasm, webgpu, or a stock tfjs backend: cpu, stock-webgpu), model, batch, threads,
 * side of the photos, and of wasm the precision of products that no gradient is computed of.
 */
import { stdin } from "node:process";
import { createInterface } from "node:readline";
import type { Precision } from "../backend/precision.ts";
import { activateForBench } from "./activate_for_bench.ts";
import { modelWork } from "./model_work.ts";

const [backend, name, batch, threads, side, precision] = Deno.args;
await activateForBench(backend, Number(threads), precision as Precision | undefined);

const work = modelWork(name, {
  batch: Number(batch),
  side: Number(side),
  replayed: backend === "wasm" || backend === "webgpu",
});
for await (const line of createInterface({ input: stdin })) {
  const [what, count] = line.split(" ");
  console.log(JSON.stringify(await work[what](Number(count))));
}
Deno.exit(0);

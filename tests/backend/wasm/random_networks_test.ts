import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { WasmBackend } from "../../../backend/wasm/backend.ts";
import { setThreads, WASM_BACKEND } from "../../../backend/wasm/mod.ts";
import { agreesWithStock, valuesOn } from "./compare.ts";
import { lossAndGradients, network } from "./random_network.ts";

Deno.test("any small network has stock tfjs's loss, gradients and running buffers", async () => {
  await fc.assert(
    fc.asyncProperty(network, async (network) => {
      // Gradients of a bias before another batch norm are zero but for rounding, hence the floor.
      await agreesWithStock(
        "network",
        () => lossAndGradients(network).map((tensor) => tf.add(tensor, 1)),
        2e-4,
      );
    }),
    { numRuns: 40, seed: 20 },
  );
});

Deno.test("any small network computes the same bits with any number of threads", async () => {
  await fc.assert(
    fc.asyncProperty(network, async (network) => {
      const results: Float32Array[][] = [];
      for (const threads of [1, 2, 3, 5]) {
        setThreads(threads);
        results.push(await valuesOn(WASM_BACKEND, () => lossAndGradients(network)));
      }
      for (const result of results) assert.deepEqual(result, results[0]);
    }),
    { numRuns: 10, seed: 21 },
  );
  setThreads(navigator.hardwareConcurrency);
});

Deno.test("training step after step needs no more memory", async () => {
  await tf.setBackend(WASM_BACKEND);
  const { heap } = tf.backend() as WasmBackend;
  const [sample] = fc.sample(network, { numRuns: 1, seed: 22 });
  const step = () => tf.tidy(() => void lossAndGradients(sample));
  step();
  const { bytesInUse, bytesReserved } = heap;
  for (let i = 0; i < 20; i++) step();
  assert.equal(heap.bytesInUse, bytesInUse);
  assert.equal(heap.bytesReserved, bytesReserved);
});

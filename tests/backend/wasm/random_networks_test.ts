import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { WasmBackend } from "../../../backend/wasm/backend.ts";
import { setThreads } from "../../../backend/wasm/register.ts";
import { finishedConvolutions } from "../contract/epilogue.ts";
import { expandedConvolutions } from "../contract/expansion.ts";
import { lossAndGradients, network } from "../contract/random_network.ts";
import { WASM } from "./subject.ts";

WASM.test("any small network computes the same bits with any number of threads", async () => {
  await fc.assert(
    fc.asyncProperty(network, async (network) => {
      const results: Float32Array[][] = [];
      for (const threads of [1, 2, 3, 5]) {
        setThreads(threads);
        results.push(await WASM.valuesOf(() => lossAndGradients(network)));
      }
      for (const result of results) assert.deepEqual(result, results[0]);
    }),
    { numRuns: 10, seed: 21 },
  );
  setThreads(navigator.hardwareConcurrency);
});

WASM.test("convolutions that take over others compute the same bits with any number of threads", async () => {
  const results: Float32Array[][] = [];
  for (const threads of [1, 2, 3, 5]) {
    setThreads(threads);
    results.push([
      ...await WASM.valuesOf(finishedConvolutions),
      ...await WASM.valuesOf(expandedConvolutions),
    ]);
  }
  for (const result of results) assert.deepEqual(result, results[0]);
  setThreads(navigator.hardwareConcurrency);
});

WASM.test("training step after step needs no more memory", async () => {
  const { heap } = tf.backend() as WasmBackend;
  const [sample] = fc.sample(network, { numRuns: 1, seed: 22 });
  const step = () => tf.tidy(() => void lossAndGradients(sample));
  step();
  const { bytesInUse, bytesReserved } = heap;
  for (let i = 0; i < 20; i++) step();
  assert.equal(heap.bytesInUse, bytesInUse);
  assert.equal(heap.bytesReserved, bytesReserved);
  await Promise.resolve();
});

/** Prints a digest of what some networks compute; v8_flags_test.ts runs it in both modes. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { WASM_BACKEND } from "../../../backend/wasm/mod.ts";
import { valuesOn } from "./compare.ts";
import { lossAndGradients, network } from "./random_network.ts";

await tf.setBackend(WASM_BACKEND);
const bytes: number[] = [];
for (const sample of fc.sample(network, { numRuns: 6, seed: 23 })) {
  // Often enough that V8 compiles the kernels with all its optimisations.
  for (let i = 0; i < 40; i++) await valuesOn(WASM_BACKEND, () => lossAndGradients(sample));
  for (const values of await valuesOn(WASM_BACKEND, () => lossAndGradients(sample))) {
    bytes.push(...new Uint8Array(values.buffer));
  }
}
const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
console.log([...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));

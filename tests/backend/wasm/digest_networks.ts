/** Prints a digest of what some networks compute; v8_flags_test.ts runs it in both modes. */
import fc from "fast-check";
import { WASM } from "./subject.ts";
import { finishedConvolutions } from "../contract/epilogue.ts";
import { expandedConvolutions } from "../contract/expansion.ts";
import { lossAndGradients, network } from "../contract/random_network.ts";

const bytes: number[] = [];
for (const sample of fc.sample(network, { numRuns: 6, seed: 23 })) {
  // Often enough that V8 compiles the kernels with all its optimisations.
  for (let i = 0; i < 40; i++) await WASM.valuesOf(() => lossAndGradients(sample));
  for (const values of await WASM.valuesOf(() => lossAndGradients(sample))) {
    bytes.push(...new Uint8Array(values.buffer));
  }
}
for (const convolutions of [finishedConvolutions, expandedConvolutions]) {
  for (let i = 0; i < 40; i++) await WASM.valuesOf(convolutions);
  for (const values of await WASM.valuesOf(convolutions)) {
    for (const byte of new Uint8Array(values.buffer)) bytes.push(byte);
  }
}
const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
console.log([...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));

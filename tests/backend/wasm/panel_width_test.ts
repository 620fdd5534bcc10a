import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../../../backend/wasm/backend.ts";
import { WASM_BACKEND } from "../../../backend/wasm/register.ts";
import { PanelWidth } from "../../../backend/wasm/panel_width.ts";
import { noise } from "../compare.ts";
import { WASM } from "./subject.ts";

Deno.test("wide and narrow panels compute the same bits", async () => {
  await tf.setBackend(WASM_BACKEND);
  const backend = tf.backend() as WasmBackend;
  const compute = () => {
    const x = noise([2, 9, 10, 40], 1) as tf.Tensor4D;
    const filter = (size: number) => noise([size, size, 40, 56], 2) as tf.Tensor4D;
    return [1, 3, 5].map((size) => tf.conv2d(x, filter(size), 1, "same"));
  };
  const results: Float32Array[][] = [];
  for (const wide of [0, 1]) {
    Object.defineProperty(backend, "wide", { value: wide, configurable: true });
    results.push(await WASM.valuesOf(compute));
  }
  delete (backend as { wide?: number }).wide; // the getter of the class again
  assert.deepEqual(results[0], results[1]);
});

Deno.test("the faster panels are chosen once the kernels have run for a while, then kept", () => {
  const heap = (tf.backend() as WasmBackend).heap;
  for (const fasterWide of [0, 1] as const) {
    let calls = 0;
    const kernels = {
      repeatProduct(...parameters: number[]) {
        calls++;
        const wide = parameters[6];
        const end = performance.now() + (wide === fasterWide ? 0 : 0.2);
        while (performance.now() < end);
      },
    };
    const width = new PanelWidth(kernels as never, heap);
    for (let i = 0; i < 299; i++) width.settle();
    assert.equal(width.wide, 1);
    width.settle();
    assert.equal(width.wide, fasterWide);
    const measured = calls;
    for (let i = 0; i < 100; i++) width.settle();
    assert.equal(calls, measured);
  }
});

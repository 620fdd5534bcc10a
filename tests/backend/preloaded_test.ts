import * as tf from "@tensorflow/tfjs";
import assert from "node:assert/strict";
import { activatePreloaded } from "../../backend/preloaded.ts";

Deno.test("of backends, the one that was loaded before can be made active, and no other", async () => {
  await assert.rejects(activatePreloaded("wasm"), /backend\/wasm\/preload\.ts was not loaded/);
  await import("../../backend/wasm/preload.ts");
  await activatePreloaded("wasm", { threads: 1 });
  assert.equal(tf.getBackend(), "graft-wasm");
  assert.deepEqual(
    await tf.matMul(tf.ones([2, 3]), tf.ones([3, 1])).data(),
    new Float32Array([3, 3]),
  );
  await assert.rejects(activatePreloaded("webgpu"), /backend\/webgpu\/preload\.ts was not loaded/);
});

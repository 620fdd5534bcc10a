/** Where an adapter ends: tensors that it cannot bind, and a device that goes away. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { ReplayedStep } from "../../../backend/webgpu/replay/replayed_step.ts";
import { assertBindable } from "../../../backend/webgpu/limits.ts";
import type { TfjsWebGpuBackend } from "../../../backend/webgpu/tfjs_backend.ts";
import { WEBGPU } from "./subject.ts";

Deno.test("a tensor that an adapter cannot bind is an error that says which batch fits", () => {
  const id = {};
  const backendOf = (shape: number[], limit: number) =>
    ({
      device: { limits: { maxStorageBufferBindingSize: limit, maxBufferSize: 2 ** 40 } },
      tensorMap: { get: () => ({ shape, dtype: "float32" }) },
    }) as unknown as TfjsWebGpuBackend;
  const limit = 128 * 2 ** 20, photo = 112 * 112 * 96 * 4;
  const most = Math.floor(limit / photo);
  assertBindable(backendOf([most, 112, 112, 96], limit), id);
  assert.throws(
    () => assertBindable(backendOf([64, 112, 112, 96], limit), id),
    new RegExp(
      `\\[64,112,112,96\\] takes 294 MiB, .* 128 MiB at most: use batches of ${most} photos`,
    ),
  );
});

WEBGPU.test("a tensor that is too large is refused before the adapter is asked", async () => {
  const { device } = tf.backend() as unknown as TfjsWebGpuBackend;
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const side = Math.ceil(Math.sqrt(most / 4 / 3)) + 1;
  const row = tf.ones([side, 1, 1]), column = tf.ones([1, side, 3]);
  assert.throws(() => tf.tidy(() => void tf.mul(row, column)), /this adapter lets a kernel read/);
  tf.dispose([row, column]);
  await Promise.resolve();
});

// Last: nothing computes on the device after it.
WEBGPU.test("a lost device ends a repeated step, and reading, with an error that says so", async () => {
  const { device } = tf.backend() as unknown as TfjsWebGpuBackend;
  const step = new ReplayedStep<number>((input) => [
    tf.exp(input([4], "float32", (value) => Float32Array.of(value, 1, 2, 3))),
  ]);
  for (let i = 0; i < 6; i++) await step.run(i);
  assert.ok(step.isReplaying);
  const computed = tf.exp(tf.zeros([2000]));
  device.destroy();
  await device.lost;
  await assert.rejects(step.run(7), /the GPU was lost .*start again/);
  await assert.rejects(step.finish(), /the GPU was lost/);
  await assert.rejects(computed.data(), /the GPU was lost/);
  assert.throws(() => tf.exp(tf.zeros([2000])), /the GPU was lost/);
});

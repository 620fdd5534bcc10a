/** Kernels that are told sizes when they run: one program for all of them on hardware. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { sgdMomentum } from "../../../backend/ops/sgd_momentum.ts";
import { runSideBySide } from "../../../backend/webgpu/dispatch.ts";
import type { TfjsWebGpuBackend } from "../../../backend/webgpu/tfjs_backend.ts";
import { SOFTWARE } from "../../../backend/webgpu/tiling.ts";
import { noise, withGradients } from "../compare.ts";
import { asOnGpu } from "./as_on_gpu.ts";
import { WEBGPU } from "./subject.ts";

/** Names of the programs that are compiled while `compute` runs. */
async function compiledBy(compute: () => unknown): Promise<string[]> {
  const { prototype } = GPUDevice, { createComputePipeline } = prototype;
  const labels: string[] = [];
  prototype.createComputePipeline = function (descriptor) {
    labels.push(descriptor.label ?? "");
    return createComputePipeline.call(this, descriptor);
  };
  try {
    await compute();
  } finally {
    prototype.createComputePipeline = createComputePipeline;
  }
  return labels;
}

/** Of a convolution and both gradients. */
const convolve = (height: number, width: number, channels: number) =>
  withGradients(
    [noise([2, height, width, channels], 1), noise([1, 1, channels, 48], 2)],
    (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "valid"),
  );

WEBGPU.test("on hardware other sizes of tensors need no other program", () =>
  asOnGpu(async () => {
    const ofFirst = await compiledBy(() => convolve(9, 7, 40));
    assert.ok(ofFirst.some((name) => name === "conv2d_shared"), ofFirst.join());
    assert.deepEqual(await compiledBy(() => convolve(5, 11, 44)), []);
    WEBGPU.settings.assertNoErrors?.();
  }));

WEBGPU.test("buffers of sizes count among the bindings that an adapter has", () =>
  asOnGpu(async () => {
    const backend = tf.backend() as unknown as TfjsWebGpuBackend, { device } = backend;
    const counts: number[] = [], { createBindGroup } = device;
    device.createBindGroup = (descriptor) => {
      counts.push(descriptor.entries.length);
      return createBindGroup.call(device, descriptor);
    };
    const end = runSideBySide(backend);
    const tensors = Array.from({ length: 240 }, (_, i) => noise([3], i));
    const [parameters, buffers] = [0, 80].map((from) =>
      tensors.slice(from, from + 80).map((tensor) => tf.variable(tensor))
    );
    try {
      sgdMomentum(parameters, tensors.slice(160), buffers, 0.1, 0.9);
    } finally {
      end();
      Reflect.deleteProperty(device, "createBindGroup");
    }
    await parameters[79].data();
    const { maxStorageBuffersPerShaderStage, maxBindingsPerBindGroup } = device.limits;
    const most = Math.min(maxStorageBuffersPerShaderStage, maxBindingsPerBindGroup);
    // One more is wgpu's own on Metal. The rate, three for each parameter, and sizes, if all fit.
    assert.ok(Math.max(...counts) < most, `${counts} of ${most}`);
    assert.ok(Math.max(...counts) >= Math.min(most - 4, 1 + 3 * 80 + 1), `${counts} of ${most}`);
    tf.dispose([tensors, parameters, buffers]);
  }));

WEBGPU.test("on a software adapter each size has a program that knows it", () =>
  asOnGpu(async () => {
    convolve(8, 8, 40);
    const ofSecond = await compiledBy(() => convolve(8, 16, 40));
    assert.ok(ofSecond.some((name) => name === "conv2d"), ofSecond.join());
  }, SOFTWARE));

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { TfjsWebGpuBackend } from "../../../backend/webgpu/tfjs_backend.ts";

/**
 * Runs `fn` as if the adapter let a kernel bind so many bytes at most; nothing may bind more then.
 * @returns how many times a part of a buffer was bound, but its first
 */
export async function withLimit(bytes: number, fn: () => Promise<void>): Promise<number> {
  const { device } = tf.backend() as unknown as TfjsWebGpuBackend;
  const { createBindGroup } = device;
  const limits = { ...limitsOf(device), maxStorageBufferBindingSize: bytes };
  Object.defineProperty(device, "limits", { configurable: true, value: limits });
  let parts = 0;
  device.createBindGroup = (descriptor) => {
    for (const { resource } of descriptor.entries) {
      const { buffer, offset = 0, size = buffer.size } = resource as GPUBufferBinding;
      assert.ok(size <= bytes, `${size} bytes are bound of a buffer of ${buffer.size}`);
      if (offset > 0) parts++;
    }
    return createBindGroup.call(device, descriptor);
  };
  try {
    await fn();
  } finally {
    Reflect.deleteProperty(device, "limits");
    device.createBindGroup = createBindGroup;
  }
  return parts;
}

/** They are getters, which no spread copies. */
function limitsOf({ limits }: GPUDevice): Record<string, number> {
  const names = Object.keys(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(limits)));
  return Object.fromEntries(
    names.map((name) => [name, limits[name as keyof GPUSupportedLimits] as unknown as number]),
  );
}

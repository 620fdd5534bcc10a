/** How work is cut up for an adapter. Sizes of tiles never change what is computed, only its speed. */
import { bindableSlices } from "./limits.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";

export interface Tiling {
  /** Rows of threads in a workgroup of the matrix products, of 8 columns each. */
  workgroupRows: number;
  /** How many pixels a thread of a convolution may compute, by how many channel vectors it does. */
  pixelsPerThread: Record<1 | 2 | 3, number[]>;
  /** Workgroups that a reduction is split for, to fill the adapter. */
  workgroupsWanted: number;
  /** Threads that share the rows of a batch norm statistic in one workgroup. */
  statisticThreads: number;
  /**
   * Up to how many rows one workgroup takes all of them, finishing the statistic at once, and of how
   * many vectors of channels by how many threads.
   */
  wholeStatistics: { rows: number; WX: number; WT: number }[];
  /** Threads up to which a product may share the adapter with another that needs nothing of it, */
  threadsSideBySide: number;
  /** and bytes of a workgroup's own memory that they may take together. */
  memorySideBySide: number;
  /**
   * Whether kernels are compiled for the very sizes of their tensors. They are a little quicker then,
   * but each shape is a program of its own, which takes a GPU's driver a tenth of a second.
   */
  knowsSizes: boolean;
  /** Whether a workgroup's own memory is faster than the adapter's. */
  sharesMemory: boolean;
  /**
   * Replays of a step before the variants of its kernels are measured. Compiling all of them takes
   * half a minute on an H200 and gains tenths of a step, which only long trainings earn back; a
   * software adapter takes too long for it at all.
   */
  measuresAfter: number;
}

/**
 * Software adapters run a workgroup's threads in the lanes of one SIMD register: eight threads are
 * one register, loads cost more than registers that spill, and a barrier costs much. GPUs want full warps, and
 * many of them.
 */
export const SOFTWARE: Tiling = {
  workgroupRows: 1,
  pixelsPerThread: { 1: [16, 14, 12, 8, 7], 2: [14, 8, 7], 3: [8, 7] },
  workgroupsWanted: 64,
  statisticThreads: 1,
  wholeStatistics: [{ rows: 3136, WX: 8, WT: 1 }],
  threadsSideBySide: Infinity,
  memorySideBySide: 16384,
  knowsSizes: true,
  sharesMemory: false,
  measuresAfter: Infinity,
};
export const HARDWARE: Tiling = {
  workgroupRows: 8,
  pixelsPerThread: { 1: [8, 7], 2: [8, 7], 3: [5, 4] },
  workgroupsWanted: 512,
  statisticThreads: 32,
  // Of many rows 32 bytes each, the least that memory hands out, so that there are many workgroups.
  wholeStatistics: [{ rows: 2048, WX: 8, WT: 32 }, { rows: 12544, WX: 2, WT: 128 }],
  // What fills the adapter by itself gains nothing, and has more registers to itself.
  threadsSideBySide: 2 ** 16,
  memorySideBySide: 24576,
  knowsSizes: false,
  sharesMemory: true,
  measuresAfter: 5000,
};

const adapters = new WeakMap<GPUDevice, { name: string; tiling: Tiling }>();

/** To be called for a new device, before it computes. */
export function rememberAdapter(
  device: GPUDevice,
  info: GPUAdapterInfo,
  tiling: Tiling,
): void {
  const { description, vendor, architecture } = info;
  const name = description || `${vendor} ${architecture}`.trim() || "unnamed adapter";
  adapters.set(device, { name, tiling });
}

export function adapterNameOf({ device }: TfjsWebGpuBackend): string {
  return adapters.get(device)?.name ?? "unknown adapter";
}

export function tilingOf({ device }: TfjsWebGpuBackend): Tiling {
  return adapters.get(device)?.tiling ?? HARDWARE;
}

/**
 * How many bindings a program may have beside its own sizes: a bind group has so many in all, and Metal
 * counts buffers of every kind together, one that wgpu adds among them.
 */
export function mostBindings(backend: TfjsWebGpuBackend): number {
  const { maxStorageBuffersPerShaderStage, maxBindingsPerBindGroup } = backend.device.limits;
  const most = Math.min(maxStorageBuffersPerShaderStage, maxBindingsPerBindGroup);
  return tilingOf(backend).knowsSizes ? most : most - 2;
}

/**
 * Cuts `rows` into slices so that `tiles` workgroups a slice fill the adapter, or into as many as it
 * lets a kernel bind the results of.
 *
 * @param result shape of what a slice comes to
 */
export function fillingSlices(
  backend: TfjsWebGpuBackend,
  rows: number,
  tiles: number,
  result: readonly number[],
) {
  const wanted = Math.ceil(tilingOf(backend).workgroupsWanted / tiles);
  return slicesOf(rows, Math.min(wanted, bindableSlices(backend, result)));
}

/** Cuts `rows` into so many slices of equal size, the last but one, or fewer. */
export function slicesOf(rows: number, wanted: number) {
  const rowsPerSlice = Math.ceil(rows / Math.max(1, Math.min(rows, wanted)));
  return { slices: Math.ceil(rows / rowsPerSlice), rowsPerSlice };
}

/**
 * How many times a thread's work such workgroups take on so many processors, each of which computes
 * 128 threads at once and wants twice as many, to compute some while others wait.
 */
export function wavesOf(workgroups: number, threads: number, processors: number): number {
  const together = Math.max(1, Math.floor(128 / threads));
  const waves = Math.ceil(workgroups / together / processors) * Math.max(1, threads / 128);
  const threadsForEach = workgroups * threads / processors / 128;
  return waves / Math.min(1, 0.6 + 0.2 * threadsForEach);
}

/** Channels go in vectors of 4 wherever they divide by 4. */
export function vectorWidth(channels: number): 1 | 4 {
  return channels % 4 === 0 ? 4 : 1;
}

/** WGSL's name of such a vector. */
export function vectorType(width: 1 | 4): "f32" | "vec4f" {
  return width === 4 ? "vec4f" : "f32";
}

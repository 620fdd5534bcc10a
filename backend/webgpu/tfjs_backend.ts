/** What is used of tfjs-backend-webgpu's insides (4.22.0, pinned in deno.json). */
import type * as tf from "@tensorflow/tfjs";

interface TensorData {
  /** The values on the CPU, if they are there (too). */
  values: tf.backend_util.TypedArray | null;
  resource?: GPUBuffer | null;
  shape: number[];
  dtype: tf.DataType;
}

/** Hands out buffers, and takes them back for later. */
export interface BufferManager {
  readonly numBytesUsed: number;
  readonly numBytesAllocated: number;
  acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
  dispose(): void;
}

/** One value of a program's uniforms. */
interface Uniform {
  type: string;
  data: number[];
}

export interface TfjsWebGpuBackend {
  readonly device: GPUDevice;
  bufferManager: BufferManager;
  readonly tensorMap: { get(id: object): TensorData; has(id: object): boolean };
  makeTensorInfo(
    shape: number[],
    dtype: tf.DataType,
    values?: tf.backend_util.TypedArray,
  ): tf.TensorInfo;
  uploadToGPU(id: object): void;
  read(id: object): Promise<tf.backend_util.BackendValues>;
  readSync(id: object): tf.backend_util.BackendValues;
  readToGPU(id: object, options?: object): unknown;
  shouldExecuteOnCPU(inputs: tf.TensorInfo[], sizeThreshold?: number): boolean;
  write(values: unknown, shape: number[], dtype: tf.DataType): object;
  copyBuffer(source: GPUBuffer): GPUBuffer;
  createTensorFromGPUData(...data: unknown[]): unknown;
  /** The buffer joins `uniformPendingDisposal`. */
  makeUniforms(uniforms: Uniform[]): { offset: number; size: number; buffer: GPUBuffer };
  uniformPendingDisposal: GPUBuffer[];
  incRef(id: object): void;
  disposeData(id: object, force?: boolean): boolean;

  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  /** Tensors that the commands not yet submitted use: their buffers must outlive these. */
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  activeTimers?: { name: string; query: Promise<number> }[] | null;
  supportTimestampQuery: boolean;
  querySet?: GPUQuerySet;
  querySetCount: number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  getQueryTime(): Promise<number>;
}

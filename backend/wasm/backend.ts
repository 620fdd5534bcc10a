/**
 * A tfjs backend whose float32 tensors live in one shared wasm memory. It extends tfjs's CPU
 * backend, whose kernels work unmodified on views of that memory (stock_kernels.ts registers them
 * under our name); operations/ replaces the hot ones.
 */
import * as tf from "@tensorflow/tfjs";
import { MathBackendCPU } from "./cpu_backend.ts";
import { Kernel } from "./generated_abi.ts";
import { type Block, SharedHeap } from "./heap.ts";
import type { Kernels } from "./instantiate.ts";
import { PanelWidth } from "./panel_width.ts";
import { elementChunks } from "./partition.ts";
import type { Precision } from "../precision.ts";
import { lazySource } from "./source.ts";
import { type Lazy, TensorData } from "./tensor_data.ts";
import { ThreadPool } from "./thread_pool.ts";

type Values = tf.backend_util.BackendValues;
type DataId = Parameters<MathBackendCPU["incRef"]>[0];

export class WasmBackend extends MathBackendCPU {
  readonly heap = new SharedHeap();
  readonly pool: ThreadPool;
  readonly panelWidth: PanelWidth;

  constructor(module: WebAssembly.Module, threads: number, public precision: Precision) {
    super();
    this.pool = new ThreadPool(module, this.heap, threads);
    this.panelWidth = new PanelWidth(this.pool.kernels, this.heap);
  }

  /** Whether panels of 16 columns are used where they fit. */
  get wide(): 0 | 1 {
    return this.panelWidth.wide;
  }

  get kernels(): Kernels {
    return this.pool.kernels;
  }

  /** The record behind a tensor. */
  dataOf(tensor: tf.TensorInfo): TensorData {
    return this.data.get(tensor.dataId) as unknown as TensorData;
  }

  /**
   * The record of a tensor that a kernel reads row by row: one that is lazy over other channels than
   * its last dimension, having been reshaped, is computed.
   */
  rowsOf(tensor: tf.TensorInfo): TensorData {
    const data = this.dataOf(tensor), { lazy } = data;
    const isReshaped = lazy && lazy.kind !== "deferred" && lazy.channels !== tensor.shape.at(-1);
    if (isReshaped) data.materializeNow();
    return data;
  }

  /** A new float32 tensor whose values the caller writes. */
  allocateTensor(shape: number[]): { info: tf.TensorInfo; data: TensorData } {
    const output = this.emptyTensor(shape);
    output.data.block = this.heap.allocate(output.data.size);
    return output;
  }

  /** A new float32 tensor that the caller gives a block or a lazy value. */
  emptyTensor(shape: number[]): { info: tf.TensorInfo; data: TensorData } {
    const info = this.makeTensorInfo(shape, "float32");
    return { info, data: this.dataOf(info) };
  }

  override write(values: Values, shape: number[], dtype: tf.DataType): DataId {
    const dataId = {};
    this.#add(dataId, values, shape, dtype);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: Values,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.#add(dataId, values, shape, dtype).refCount = refCount;
  }

  /** Copies: a view would change when its memory is used again. */
  override readSync(dataId: DataId): Values {
    const values = super.readSync(dataId);
    return values instanceof Float32Array ? values.slice() : values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const data = this.data.has(dataId) ? this.data.get(dataId) as unknown as TensorData : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone) data?.dispose();
    return gone;
  }

  override memory() {
    return { unreliable: false, reasons: [], numBytesInHeap: this.heap.bytesInUse };
  }

  override dispose(): void {
    this.pool.dispose();
  }

  #add(dataId: DataId, values: Values, shape: number[], dtype: tf.DataType): TensorData {
    const size = tf.util.sizeFromShape(shape);
    const data = new TensorData(this.heap, dtype, size, this.#materialize);
    if (values !== undefined && values !== null) data.values = values;
    this.data.set(dataId, data as never);
    return data;
  }

  readonly #materialize = (lazy: Lazy, size: number): Block => {
    if (lazy.kind === "deferred") return lazy.compute();
    const block = this.heap.allocate(size);
    const { chunks, perChunk } = elementChunks(lazy.rows, lazy.channels);
    this.pool.run(Kernel.materialize, chunks, 0, {
      source: lazySource(lazy),
      out: block.pointer,
      residual: 0,
      rows: lazy.rows,
      channels: lazy.channels,
      rowsPerChunk: perChunk,
    });
    return block;
  };
}

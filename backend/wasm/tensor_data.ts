/** What the backend knows of one tensor's values. */
import type * as tf from "@tensorflow/tfjs";
import { ActivationCode, RELU6_UPPER } from "./generated_abi.ts";
import type { Block, SharedHeap } from "./heap.ts";

/** Upper clamp of an activation, as in kernels/simd.ts; relu has none. */
export function upperBound(activation: ActivationCode): number {
  return activation === ActivationCode.relu6 ? RELU6_UPPER : Infinity;
}

/** Whether it is max(x, 0), bounded above or not. */
export function isBound(activation: ActivationCode): boolean {
  return activation === ActivationCode.relu || activation === ActivationCode.relu6;
}

/**
 * activation(scale·z + shift), not computed yet: the output of a batch normalisation. Whoever needs
 * the values computes them block by block from z; `state` holds mean, 1/σ, scale and shift.
 */
export interface NormalizedValue {
  kind: "normalized";
  z: Block;
  state: Block;
  activation: ActivationCode;
  rows: number;
  channels: number;
}

/** A·d + B·z + C, not computed yet: the gradient of a batch normalisation's input. */
interface NormalizedGradient {
  kind: "normalized gradient";
  d: Block;
  z: Block;
  coefficients: Block;
  state: Block;
  activation: ActivationCode;
  rows: number;
  channels: number;
}

/** Channels of images times a factor each, not computed yet: what squeeze-and-excitation gives. */
interface ScaledValue {
  kind: "scaled";
  values: Block;
  /** [images, channels] */
  factors: Block;
  /** Of an image. */
  pixels: number;
  rows: number;
  channels: number;
}

/**
 * A value whose cheapest way to be computed is known only when it is read: a convolution, or the
 * gradient of one's input. operations/deferred_convolution.ts and deferred_gradient.ts.
 */
export interface DeferredValue {
  kind: "deferred";
  held: Block[];
  /** The values alone. */
  compute(): Block;
}

/** What kernels can read block by block. */
export type LazyRows = NormalizedValue | NormalizedGradient | ScaledValue;
export type Lazy = LazyRows | DeferredValue;

/** Partial batch statistics of a tensor. */
export interface BatchStatistics {
  partials: Block;
  /** The address of each part's number of rows. */
  counts: number;
  parts: number;
}

/** How a tensor came out of batch normalisation; its gradient needs it. */
interface BatchNormOrigin {
  z: Block;
  state: Block;
  activation: ActivationCode;
  /** Whether a residual was added before the activation, so that z alone does not give its sign. */
  maskedByOutput: boolean;
}

/** Sums over a tensor that is the gradient of a batch normalisation's output. */
export interface GradientStatistics {
  partials: Block;
  parts: number;
  /** Of the batch normalisation that they are meant for. */
  state: Block;
  /** The tensor as far as the activation passes it, where the kernel has left that instead of it. */
  passed?: Block;
}

/**
 * Of a gradient by channels and images: Σ gradient·values, in parts, which squeeze-and-excitation asks
 * for.
 */
export interface ImageDots {
  values: Block;
  parts: Block;
  rowsPerChunk: number;
  imagesPerChunk: number;
}

/** Scale and shift of batch normalisation by running buffers, and what they were computed from. */
interface FoldedStatistics {
  /** As the state of `NormalizedValue`, mean and 1/σ left out. */
  state: Block;
  epsilon: number;
  sources: { data: TensorData | undefined; version: number | undefined }[];
}

type Values = tf.backend_util.BackendValues;

const DISPOSED = "a tensor is used that has no values (is it disposed?)";
const SPENT =
  "a gradient is used that a batch normalisation before it has used up: call tf.keep() on " +
  "it where it comes in, in the gradient function that gets it";

/**
 * Float32 values live in the heap, or are lazy; all others are plain arrays. It takes the place of
 * tfjs-backend-cpu's own record: `values`, `dtype`, `refCount` and `complexTensorInfos` are what its
 * kernels read.
 */
export class TensorData {
  refCount = 1;
  complexTensorInfos?: { real: tf.TensorInfo; imag: tf.TensorInfo };
  batchNorm?: BatchNormOrigin;
  gradientStatistics?: GradientStatistics;
  imageDots?: ImageDots;
  /** How many convolutions have read it: the gradients of as many may have to be added up. */
  readers = 0;
  /** Of a convolution output's gradient: the input's gradient that is computed from it. */
  inputGradient?: TensorData;
  /** Rearranged copies of a weight that has stayed the same, by layout. */
  readonly packed = new Map<string, Block>();
  readonly #packedOnce = new Set<string>();
  /** Of a running variance. */
  folded?: FoldedStatistics;
  /** How often the values were changed in place. */
  version = 0;
  #block?: Block;
  #lazy?: Lazy;
  #plain?: Values;
  #isSpent = false;

  constructor(
    private readonly heap: SharedHeap,
    readonly dtype: tf.DataType,
    readonly size: number,
    private readonly materialize: (lazy: Lazy, size: number) => Block,
  ) {
    heap.recorder?.created(this);
  }

  /** The values where they are computed already. A view: it must not outlive the tensor. */
  get values(): Values | undefined {
    if (this.dtype !== "float32") {
      this.heap.recorder?.accessed();
      return this.#plain;
    }
    return this.heap.floats(this.block, this.size);
  }

  set values(values: Values | undefined) {
    if (this.dtype === "float32" && values !== undefined) {
      this.block = this.heap.store(values as Float32Array);
    } else {
      this.#plain = values;
    }
  }

  /**
   * The values in the heap, computed now if the tensor is lazy. Integers and booleans are converted:
   * tfjs casts them to float32 by a new tensor over the same record.
   */
  get block(): Block {
    this.heap.recorder?.used(this);
    if (!this.#block && this.#plain) {
      this.heap.recorder?.accessed();
      this.#block = this.heap.store(numbers(this.#plain));
    }
    if (!this.#block) {
      if (!this.#lazy) throw new Error(this.#isSpent ? SPENT : DISPOSED);
      this.#block = this.materialize(this.#lazy, this.size);
      this.#dropLazy();
    }
    return this.#block;
  }

  /** Takes over one reference to a block. */
  set block(block: Block) {
    this.#dropLazy();
    if (this.#block) this.heap.release(this.#block);
    this.#block = block;
  }

  /** Integers or booleans as they lie outside of the heap, for what `ThreadPool.host` computes. */
  get integers(): Int32Array | undefined {
    return this.#plain as Int32Array | undefined;
  }

  /** The block where the values are computed already. */
  get computed(): Block | undefined {
    return this.#block;
  }

  /** Computes a lazy tensor's values. */
  materializeNow(): void {
    this.block;
  }

  get pointer(): number {
    return this.block.pointer;
  }

  /** How the values are to be computed, while they are not. */
  get lazy(): Lazy | undefined {
    return this.#lazy;
  }

  /** Takes over one reference to each of the lazy value's blocks. */
  set lazy(lazy: Lazy | undefined) {
    this.#dropLazy();
    this.#lazy = lazy;
  }

  /** Lets go of a lazy value that was the last reader's. */
  spend(): void {
    if (!this.#block) this.#isSpent = true;
    this.#dropLazy();
  }

  /** Address for a kernel that writes in place; others who share the values keep the old ones. */
  writablePointer(): number {
    const shared = this.block;
    if (shared.references > 1) {
      this.block = this.heap.store(this.heap.floats(shared, this.size));
    }
    this.heap.recorder?.written(this);
    this.changed();
    return this.block.pointer;
  }

  /** Its values are about to change in place. */
  changed(): void {
    this.forgetDerived();
    this.version++;
  }

  /** Releases what was derived from the values: they are about to change. */
  forgetDerived(): void {
    this.dropGradientStatistics();
    if (this.imageDots) this.heap.release(this.imageDots.parts);
    this.imageDots = undefined;
    for (const block of this.packed.values()) this.heap.release(block);
    this.packed.clear();
    this.#packedOnce.clear();
    if (this.folded) this.heap.release(this.folded.state);
    this.folded = undefined;
  }

  /** False the first time it is asked about a layout since the values changed, then true. */
  isSettled(layout: string): boolean {
    if (this.#packedOnce.has(layout)) return true;
    this.#packedOnce.add(layout);
    return false;
  }

  dropGradientStatistics(): void {
    if (!this.gradientStatistics) return;
    const { partials, passed } = this.gradientStatistics;
    this.heap.release(partials);
    if (passed) this.heap.release(passed);
    this.gradientStatistics = undefined;
  }

  dispose(): void {
    this.forgetDerived();
    this.#dropLazy();
    if (this.batchNorm) {
      this.heap.release(this.batchNorm.state);
      this.heap.release(this.batchNorm.z);
    }
    if (this.#block) this.heap.release(this.#block);
    this.batchNorm = undefined;
    this.inputGradient = undefined;
    this.#block = undefined;
    this.#plain = undefined;
  }

  #dropLazy(): void {
    if (!this.#lazy) return;
    for (const block of lazyBlocks(this.#lazy)) this.heap.release(block);
    this.#lazy = undefined;
  }
}

function numbers(values: Values): ArrayLike<number> {
  if (Array.isArray(values)) throw new Error("a wasm kernel needs numbers, got strings");
  return values;
}

function lazyBlocks(lazy: Lazy): Block[] {
  if (lazy.kind === "deferred") return lazy.held;
  if (lazy.kind === "normalized") return [lazy.z, lazy.state];
  if (lazy.kind === "scaled") return [lazy.values, lazy.factors];
  return [lazy.d, lazy.z, lazy.coefficients, lazy.state];
}

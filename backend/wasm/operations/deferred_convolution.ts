/**
 * Convolutions that wait for their reader: only it knows whether batch statistics are wanted, or
 * what follows that the convolution's kernel can do while its output is in cache. Whoever wants the
 * values of one gets it computed by itself.
 */
import * as tf from "@tensorflow/tfjs";
import type { ConvInfo } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import {
  ActivationCode,
  type EpilogueRecord,
  type ExpansionRecord,
  type GatherRecord,
} from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import {
  type BatchStatistics,
  type DeferredValue,
  isBound,
  type TensorData,
  upperBound,
} from "../tensor_data.ts";
import type { PackedWeights } from "./pack.ts";

/** What a convolution's kernel does with its output while it is in cache. */
export interface Ending {
  withStatistics: boolean;
  epilogue: EpilogueRecord;
}

export const PRODUCT_ALONE: Ending = {
  withStatistics: false,
  epilogue: {
    scale: 0,
    shift: 0,
    residual: 0,
    lower: 0,
    upper: 0,
    activation: ActivationCode.linear,
  },
};

/** A convolution whose operands are all at hand. */
export interface ConvolutionPlan {
  info: ConvInfo;
  /** What `run` reads; it may be called while these are retained. */
  reads: Block[];
  /** The convolution before it that it computes too. */
  expansion?: ConvolutionPlan;
  /** What a kernel needs to compute some of it in passing: if it is a product of pixels in memory. */
  product?: { values: number; weights: PackedWeights; K: number } & Partial<Strips>;
  /** Returns batch statistics of the output if they are wanted. */
  run(out: Block, ending: Ending): BatchStatistics | undefined;
}

/** Where rows of a product are overlapping pieces of padded rows of a photo. */
export interface Strips {
  gather: GatherRecord;
  /** Runs of taps, one below the other; 0 where rows are pixels. */
  runs: number;
}

/** activation(scale·convolution + shift + residual); addresses of what is left out are 0. */
interface Epilogue {
  scale: number;
  shift: number;
  residual: number;
  activation: ActivationCode;
  /** The blocks that these lie in. */
  reads: Block[];
}

const NO_GATHER: GatherRecord = {
  source: 0,
  sourceHeight: 0,
  sourceWidth: 0,
  channels: 0,
  gridHeight: 0,
  gridWidth: 0,
  strideHeight: 0,
  strideWidth: 0,
  runs: 0,
};

const NOTHING: Epilogue = {
  scale: 0,
  shift: 0,
  residual: 0,
  activation: ActivationCode.linear,
  reads: [],
};

/** A tensor that is computed when it is read. */
export function deferConvolution(backend: WasmBackend, plan: ConvolutionPlan): tf.TensorInfo {
  const output = backend.emptyTensor(plan.info.outShape);
  output.data.lazy = new DeferredConvolution(backend, plan, NOTHING);
  return output.info;
}

export function isDeferredConvolution(x: TensorData): boolean {
  return x.lazy instanceof DeferredConvolution;
}

/** If x is a convolution that waits, with so many channels: computes it, and its statistics. */
export function takeStatistics(x: TensorData, channels: number): BatchStatistics | undefined {
  const { lazy } = x;
  if (!(lazy instanceof DeferredConvolution) || !lazy.isAlone(channels)) return undefined;
  const { block, statistics } = lazy.run(true);
  x.block = block;
  return statistics;
}

/** x with more behind it, computed when it is read; undefined if x does not wait for it. */
export function extendDeferred(
  backend: WasmBackend,
  x: tf.TensorInfo,
  more: Partial<Epilogue>,
): tf.TensorInfo | undefined {
  const { lazy } = backend.dataOf(x);
  if (!(lazy instanceof DeferredConvolution)) return undefined;
  // A gradient will read x again: better compute it for both.
  if (tf.engine().state.gradientDepth > 0) return undefined;
  const extended = lazy.extend(x.shape.at(-1)!, { ...NOTHING, ...more });
  if (!extended) return undefined;
  const output = backend.emptyTensor(x.shape);
  output.data.lazy = extended;
  return output.info;
}

/** A 1×1 convolution, or a stem, that the depthwise one behind it computes in passing. */
export interface Expansion extends Strips {
  record: ExpansionRecord;
  /** Whether its pixels are to be integers, as its weights are. */
  byIntegers: boolean;
  epilogue: EpilogueRecord;
  plan: ConvolutionPlan;
  reads: Block[];
  /** By itself after all. */
  compute(): Block;
}

/** If x is such a convolution that waits for its first reader, of channels in eights. */
export function takeExpansion(x: TensorData, channels: number): Expansion | undefined {
  const { lazy } = x;
  return lazy instanceof DeferredConvolution ? lazy.expansion(channels) : undefined;
}

class DeferredConvolution implements DeferredValue {
  readonly kind = "deferred";
  readonly held: Block[];
  #isExtended = false;

  constructor(
    private readonly backend: WasmBackend,
    readonly plan: ConvolutionPlan,
    private readonly epilogue: Epilogue,
  ) {
    this.held = [...plan.reads, ...epilogue.reads];
    for (const block of this.held) backend.heap.retain(block);
  }

  /** Whether nothing follows it so far, and it has so many channels: it may have been reshaped. */
  isAlone(channels: number): boolean {
    return this.epilogue === NOTHING && this.plan.info.outChannels === channels;
  }

  compute(): Block {
    return this.run(false).block;
  }

  run(withStatistics: boolean): { block: Block; statistics?: BatchStatistics } {
    const { heap } = this.backend;
    const block = heap.allocate(tf.util.sizeFromShape(this.plan.info.outShape));
    if (this.epilogue === NOTHING) {
      return { block, statistics: this.plan.run(block, { ...PRODUCT_ALONE, withStatistics }) };
    }
    this.plan.run(block, { withStatistics, epilogue: this.#record() });
    return { block };
  }

  expansion(channels: number): Expansion | undefined {
    const { product, info } = this.plan;
    const isOurs = product && channels === info.outChannels && channels % 8 === 0 &&
      !this.epilogue.residual && !this.#isExtended;
    if (!isOurs || tf.engine().state.gradientDepth > 0) return undefined;
    this.#isExtended = true;
    const { values, weights, K, runs = 0, gather = NO_GATHER } = product;
    return {
      runs,
      gather,
      record: { values, packed: weights.block.pointer, K, wide: weights.wide, units: 0 },
      byIntegers: weights.integers === true,
      epilogue: this.#record(),
      plan: this.plan,
      reads: this.held,
      compute: () => this.compute(),
    };
  }

  #record(): EpilogueRecord {
    if (this.epilogue === NOTHING) return PRODUCT_ALONE.epilogue;
    const { scale, shift, residual, activation } = this.epilogue;
    const { heap } = this.backend, { outChannels } = this.plan.info;
    return {
      scale: scale || heap.filled(1, outChannels),
      shift: shift || heap.filled(0, outChannels),
      residual,
      lower: isBound(activation) ? 0 : -Infinity,
      upper: upperBound(activation),
      activation: isBound(activation) ? ActivationCode.linear : activation,
    };
  }

  /**
   * Undefined where the kernel cannot do both, and from the second time on: a tensor with several
   * readers is better computed once for all of them.
   */
  extend(channels: number, more: Epilogue): DeferredConvolution | undefined {
    const both = join(this.epilogue, more);
    const isReshaped = channels !== this.plan.info.outChannels;
    if (!both || this.#isExtended || (isReshaped && (more.scale || more.shift))) return undefined;
    this.#isExtended = true;
    return new DeferredConvolution(this.backend, this.plan, both);
  }
}

/** One after the other, if that has the form of an epilogue. */
function join(first: Epilogue, second: Epilogue): Epilogue | undefined {
  if (first.activation !== ActivationCode.linear) return undefined;
  const firstScales = first.scale || first.shift, secondScales = second.scale || second.shift;
  if (secondScales && (firstScales || first.residual)) return undefined;
  if (first.residual && second.residual) return undefined;
  return {
    scale: first.scale || second.scale,
    shift: first.shift || second.shift,
    residual: first.residual || second.residual,
    activation: second.activation,
    reads: [...first.reads, ...second.reads],
  };
}

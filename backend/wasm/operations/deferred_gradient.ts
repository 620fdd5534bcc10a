/**
 * Convolutions whose two gradients are computed at once. tfjs asks for the input's gradient first:
 * it is left uncomputed, and found again when the filter's gradient is asked for. Whoever reads it
 * in between gets it computed by itself.
 */
import type { ConvInfo } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import {
  ActivationCode,
  GRADIENT_STATISTICS_VECTORS,
  type GradientStatisticsRecord,
  type SourceRecord,
} from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import { scaleShiftPointer, sourceBlocks, sourceOf } from "../source.ts";
import type { DeferredValue, GradientStatistics, ImageDots, TensorData } from "../tensor_data.ts";

interface ComputedGradient {
  block: Block;
  statistics?: GradientStatistics;
  dots?: ImageDots;
}

/** What a convolution provides to have its gradients computed together. */
export interface GradientPair {
  info: ConvInfo;
  /** The input's gradient alone. */
  computeInput(dy: SourceRecord, filter: Block): Block;
  /** Both; the filter's gradient goes to `filterGradient`. */
  computeBoth(
    dy: SourceRecord,
    filter: Block,
    x: TensorData,
    filterGradient: TensorData,
    addend: Block | undefined,
  ): ComputedGradient;
  /** Whether `computeBoth` can add another gradient to the input's. */
  adds: boolean;
}

/** Makes `target` the gradient of a convolution's input, to be computed later. */
export function deferInputGradient(
  backend: WasmBackend,
  pair: GradientPair,
  dy: TensorData,
  filter: TensorData,
  target: TensorData,
): void {
  target.lazy = new Deferred(
    backend,
    pair,
    dy,
    sourceOf(dy),
    sourceBlocks(dy),
    filter.block,
  );
  dy.inputGradient = target;
}

/** Computes the filter's gradient, and with it the input's if that one waits for it. */
export function takeDeferred(
  dy: TensorData,
  x: TensorData,
  filterGradient: TensorData,
  info: ConvInfo,
): boolean {
  const target = dy.inputGradient;
  const deferred = target?.lazy;
  if (!target || !(deferred instanceof Deferred) || !deferred.isOf(info)) return false;
  const computed = deferred.computeBoth(x, filterGradient);
  leaveGradient(target, computed, () => deferred.asTaken());
  return true;
}

/**
 * Makes `target` the gradient that a kernel has computed. Where it was left only as far as an
 * activation passes it, for the batch norm before it, whoever else reads the tensor gets it computed
 * `again`, whose references to its blocks are taken over.
 */
export function leaveGradient(
  target: TensorData,
  { block, statistics, dots }: ComputedGradient,
  again: () => DeferredValue,
): void {
  if (!statistics?.passed) target.block = block;
  else target.lazy = again();
  target.gradientStatistics = statistics;
  target.imageDots = dots;
}

/** sum = a + b, deferred too, if one of them is a deferred gradient that can take an addend. */
export function addToDeferred(a: TensorData, b: TensorData, sum: TensorData): boolean {
  if (a === b) return false;
  for (const [deferred, addend] of [[a.lazy, b], [b.lazy, a]] as const) {
    if (!(deferred instanceof Deferred) || !deferred.canAdd) continue;
    deferred.addInto(sum, addend.block);
    return true;
  }
  return false;
}

class Deferred implements DeferredValue {
  readonly kind = "deferred";
  readonly held: Block[];

  constructor(
    private readonly backend: WasmBackend,
    private readonly pair: GradientPair,
    private readonly dy: TensorData,
    private readonly dySource: SourceRecord,
    private readonly dyBlocks: Block[],
    private readonly filter: Block,
    private readonly addend?: Block,
  ) {
    this.held = [...dyBlocks, filter, ...(addend ? [addend] : [])];
    for (const block of this.held) backend.heap.retain(block);
  }

  get canAdd(): boolean {
    return this.pair.adds && !this.addend;
  }

  isOf({ inShape, outShape }: ConvInfo): boolean {
    const { info } = this.pair;
    return info.inShape.join() === inShape.join() && info.outShape.join() === outShape.join();
  }

  /** The input's gradient alone, to be computed if anybody asks for it after all. */
  asTaken(): DeferredValue {
    for (const block of this.held) this.backend.heap.retain(block);
    return { kind: "deferred", held: this.held, compute: () => this.compute() };
  }

  compute(): Block {
    const block = this.pair.computeInput(this.dySource, this.filter);
    if (this.addend) {
      const { heap } = this.backend, { inShape } = this.pair.info;
      const size = inShape.reduce((a, b) => a * b, 1);
      const sum = heap.floats(block, size), addend = heap.floats(this.addend, size);
      for (let i = 0; i < size; i++) sum[i] += addend[i];
    }
    return block;
  }

  computeBoth(x: TensorData, filterGradient: TensorData) {
    return this.pair.computeBoth(this.dySource, this.filter, x, filterGradient, this.addend);
  }

  addInto(sum: TensorData, addend: Block): void {
    const { backend, pair, dy, dySource, dyBlocks, filter } = this;
    sum.lazy = new Deferred(backend, pair, dy, dySource, dyBlocks, filter, addend);
    dy.inputGradient = sum;
  }
}

/**
 * What a kernel needs to leave statistics for the batch norm that made x, and where they will be.
 *
 * @param gradient what the kernel writes, of x: where the batch norm has an activation, only as far
 * as that one passes it
 */
export function statisticsFor(
  { heap }: WasmBackend,
  x: TensorData | undefined,
  gradient: Block,
  parts: number,
  channels: number,
): { record: GradientStatisticsRecord; statistics?: GradientStatistics } {
  const origin = x?.batchNorm;
  // Of several readers' gradients only the sum counts.
  if (!origin || x.readers > 1) return { record: NO_STATISTICS };
  const { z, state, activation, maskedByOutput } = origin;
  const partials = heap.allocate(parts * GRADIENT_STATISTICS_VECTORS * channels);
  const record = {
    partials: partials.pointer,
    z: z.pointer,
    mean: state.pointer,
    scaleShift: scaleShiftPointer(state.pointer, channels),
    activation,
    y: maskedByOutput ? x.pointer : 0,
  };
  const passed = activation === ActivationCode.linear ? undefined : gradient;
  return { record, statistics: { partials, parts, state, passed } };
}

export const NO_STATISTICS: GradientStatisticsRecord = {
  partials: 0,
  z: 0,
  mean: 0,
  scaleShift: 0,
  activation: ActivationCode.linear,
  y: 0,
};

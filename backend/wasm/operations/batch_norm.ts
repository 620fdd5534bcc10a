/** BatchNormTrain, its gradient, and BatchNormInference: lazy wherever it saves passes. */
import * as tf from "@tensorflow/tfjs";
import type { Activation } from "../../ops/activation.ts";
import type { BatchNormGradientInputs } from "../../ops/batch_norm_gradients.ts";
import type { BatchNormInferenceInputs } from "../../ops/batch_norm_inference.ts";
import type { BatchNormTrainAttributes, BatchNormTrainInputs } from "../../ops/batch_norm_train.ts";
import type { WasmBackend } from "../backend.ts";
import {
  ActivationCode,
  COEFFICIENT_VECTORS,
  GRADIENT_STATISTICS_VECTORS,
  Kernel,
  STATE_VECTORS,
} from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import { elementChunks, vectorChunks } from "../partition.ts";
import { lazySource, scaleShiftPointer } from "../source.ts";
import type {
  BatchStatistics,
  GradientStatistics,
  NormalizedValue,
  TensorData,
} from "../tensor_data.ts";
import { extendDeferred, takeStatistics } from "./deferred_convolution.ts";
import { allocateStatistics } from "./statistics.ts";

export function batchNormTrain(
  backend: WasmBackend,
  { x, gamma, beta, residual, runningMean, runningVariance }: BatchNormTrainInputs,
  { activation, momentum, epsilon }: BatchNormTrainAttributes,
): tf.TensorInfo {
  const { heap } = backend;
  const input = backend.dataOf(x);
  const { rows, channels } = rowsAndChannels(x);
  const statistics = takeStatistics(input, channels) ??
    computeStatistics(backend, input, rows, channels);

  const state = heap.allocate(STATE_VECTORS * channels);
  const { chunks, perChunk } = vectorChunks(channels);
  backend.pool.run(Kernel.finishStatistics, chunks, 0, {
    momentum,
    epsilon,
    partials: statistics.partials.pointer,
    counts: statistics.counts,
    parts: statistics.parts,
    channels,
    channelsPerChunk: perChunk,
    gamma: backend.dataOf(gamma).pointer,
    beta: backend.dataOf(beta).pointer,
    runningMean: backend.dataOf(runningMean).writablePointer(),
    runningVariance: backend.dataOf(runningVariance).writablePointer(),
    state: state.pointer,
  });
  heap.release(statistics.partials);

  const output = normalized(backend, x, state, ActivationCode[activation], residual);
  rememberOrigin(backend, output.data, x, state, activation, residual !== undefined);
  heap.release(state);
  return output.info;
}

/** For the gradient, of which y alone says how it came about. */
function rememberOrigin(
  backend: WasmBackend,
  y: TensorData,
  x: tf.TensorInfo,
  state: Block,
  activation: Activation,
  hasResidual: boolean,
): void {
  y.batchNorm = {
    z: backend.heap.retain(backend.dataOf(x).block),
    state: backend.heap.retain(state),
    activation: ActivationCode[activation],
    maskedByOutput: hasResidual && activation !== "linear",
  };
}

/** tfjs's own batch norm may lack gamma and beta. */
type FoldedBatchNormInputs =
  & Omit<BatchNormInferenceInputs, "gamma" | "beta">
  & Partial<Pick<BatchNormInferenceInputs, "gamma" | "beta">>;

export function batchNormInference(
  backend: WasmBackend,
  { x, gamma, beta, residual, mean, variance }: FoldedBatchNormInputs,
  { activation, epsilon }: { activation: Activation; epsilon: number },
): tf.TensorInfo {
  const { heap } = backend;
  const { channels } = rowsAndChannels(x);
  const state = foldStatistics(backend, { gamma, beta, mean, variance }, channels, epsilon);
  const code = ActivationCode[activation];
  const addend = residual && backend.dataOf(residual).block;
  const scale = scaleShiftPointer(state.pointer, channels);
  const extended = extendDeferred(backend, x, {
    scale,
    shift: scale + 4 * channels,
    residual: addend?.pointer ?? 0,
    activation: code,
    reads: addend ? [state, addend] : [state],
  });
  const output = extended ? undefined : normalized(backend, x, state, code, residual);
  // Without a gradient to come, x would be kept for nothing.
  if (output && tf.engine().state.gradientDepth > 0) {
    rememberOrigin(backend, output.data, x, state, activation, residual !== undefined);
  }
  heap.release(state);
  return extended ?? output!.info;
}

/** What normalises by running buffers: kept until one of the four changes. The caller releases it. */
function foldStatistics(
  backend: WasmBackend,
  { gamma, beta, mean, variance }: Omit<FoldedBatchNormInputs, "x">,
  channels: number,
  epsilon: number,
): Block {
  const { heap, pool } = backend;
  const owner = backend.dataOf(variance), kept = owner.folded;
  const sources = [gamma, beta, mean, variance].map((tensor) => tensor && backend.dataOf(tensor));
  for (const data of sources) if (data) heap.recorder?.used(data);
  const isCurrent = kept?.epsilon === epsilon &&
    kept.sources.every(({ data, version }, i) => data === sources[i] && version === data?.version);
  if (isCurrent) return heap.retain(kept.state);

  const state = heap.allocate(STATE_VECTORS * channels);
  const [gammaData, betaData, meanData, varianceData] = sources;
  pool.run(Kernel.foldStatistics, 1, 0, {
    epsilon,
    gamma: gammaData?.pointer ?? 0,
    beta: betaData?.pointer ?? 0,
    mean: meanData?.pointer ?? 0,
    variance: varianceData?.pointer ?? 0,
    channels,
    state: state.pointer,
  });
  if (kept) heap.release(kept.state);
  owner.folded = {
    state: heap.retain(state),
    epsilon,
    sources: sources.map((data) => ({ data, version: data?.version })),
  };
  return state;
}

/** Gradients of x, gamma, beta and, if there is one, of the residual. */
export function batchNormTrainGradient(
  backend: WasmBackend,
  inputs: BatchNormGradientInputs,
  { hasResidual }: BatchNormTrainAttributes,
): tf.TensorInfo[] {
  return batchNormGradient(backend, inputs, hasResidual, 0);
}

/** The same where mean and variance are running ones. */
export function batchNormInferenceGradient(
  backend: WasmBackend,
  inputs: BatchNormGradientInputs,
  { hasResidual }: { hasResidual: boolean },
): tf.TensorInfo[] {
  return batchNormGradient(backend, inputs, hasResidual, 1);
}

function batchNormGradient(
  backend: WasmBackend,
  { dy, x, gamma, y }: BatchNormGradientInputs,
  hasResidual: boolean,
  running: 0 | 1,
): tf.TensorInfo[] {
  const { heap } = backend;
  const { rows, channels } = rowsAndChannels(x);
  const input = backend.dataOf(x), outgoing = backend.dataOf(dy), output = backend.dataOf(y);
  if (!output.batchNorm) {
    throw new Error("the gradient of batch norm got a y that batch norm did not make");
  }
  const { state, activation, maskedByOutput } = output.batchNorm;

  // Behind a residual the sign of y decides; without one it follows from z again.
  let statistics = outgoing.gradientStatistics;
  if (statistics?.state !== state) {
    outgoing.dropGradientStatistics();
    const masked = maskedByOutput ? heap.allocate(rows * channels) : undefined;
    statistics = computeGradientStatistics(backend, outgoing, output, masked, rows, channels);
    outgoing.gradientStatistics = statistics;
  }

  const dgamma = backend.allocateTensor([channels]), dbeta = backend.allocateTensor([channels]);
  const coefficients = heap.allocate(COEFFICIENT_VECTORS * channels);
  const { chunks, perChunk } = vectorChunks(channels);
  backend.pool.run(Kernel.finishGradientStatistics, chunks, 0, {
    partials: statistics.partials.pointer,
    parts: statistics.parts,
    channels,
    channelsPerChunk: perChunk,
    rows,
    running,
    gamma: backend.dataOf(gamma).pointer,
    state: state.pointer,
    coefficients: coefficients.pointer,
    dgamma: dgamma.data.pointer,
    dbeta: dbeta.data.pointer,
  });
  const { passed } = statistics;
  const dx = backend.emptyTensor(x.shape);
  dx.data.lazy = {
    kind: "normalized gradient",
    d: heap.retain(passed ?? outgoing.block),
    z: heap.retain(input.block),
    coefficients,
    state: heap.retain(state),
    activation: passed ? ActivationCode.linear : activation,
    rows,
    channels,
  };
  const gradients = [dx.info, dgamma.info, dbeta.info];
  if (hasResidual) gradients.push(aliasOf(backend, dy, passed));
  const isLeft = passed !== undefined && outgoing.lazy !== undefined;
  outgoing.dropGradientStatistics();
  // Nobody else can read it any more, and what it would take is about to change.
  const isShared = outgoing.refCount > 1 || (dy as Partial<tf.Tensor>).kept;
  if (isLeft && !isShared) outgoing.spend();
  return gradients;
}

/** y as a lazy tensor, or computed where a residual is added or nothing would be saved. */
function normalized(
  backend: WasmBackend,
  x: tf.TensorInfo,
  state: Block,
  activation: ActivationCode,
  residual?: tf.TensorInfo,
) {
  const { heap } = backend;
  const { rows, channels } = rowsAndChannels(x);
  const output = backend.emptyTensor(x.shape);
  const z = heap.retain(backend.dataOf(x).block);
  const lazy: NormalizedValue = {
    kind: "normalized",
    z,
    state: heap.retain(state),
    activation,
    rows,
    channels,
  };
  output.data.lazy = lazy;
  if (residual) output.data.block = addResidual(backend, lazy, backend.dataOf(residual));
  // Without an activation it is a block's output, which several operations read.
  else if (activation === ActivationCode.linear) output.data.materializeNow();
  return output;
}

function addResidual(backend: WasmBackend, lazy: NormalizedValue, residual: TensorData): Block {
  const { rows, channels } = lazy;
  const addend = residual.pointer;
  const block = backend.heap.allocate(rows * channels);
  const { chunks, perChunk } = elementChunks(rows, channels);
  backend.pool.run(Kernel.materialize, chunks, 0, {
    source: lazySource(lazy),
    out: block.pointer,
    residual: addend,
    rows,
    channels,
    rowsPerChunk: perChunk,
  });
  return block;
}

function computeStatistics(
  backend: WasmBackend,
  input: TensorData,
  rows: number,
  channels: number,
): BatchStatistics {
  const { chunks, perChunk } = elementChunks(rows, channels);
  const statistics = allocateStatistics(backend, rows, perChunk, channels);
  backend.pool.run(Kernel.statistics, chunks, 0, {
    z: input.pointer,
    partials: statistics.partials.pointer,
    rows,
    channels,
    rowsPerChunk: perChunk,
  });
  return statistics;
}

/** Also writes dy where the activation passes it, if `masked` is given. */
function computeGradientStatistics(
  { heap, pool }: WasmBackend,
  dy: TensorData,
  y: TensorData,
  masked: Block | undefined,
  rows: number,
  channels: number,
): GradientStatistics {
  const { z, state, activation } = y.batchNorm!;
  const { chunks, perChunk } = elementChunks(rows, channels);
  const partials = heap.allocate(chunks * GRADIENT_STATISTICS_VECTORS * channels);
  pool.run(Kernel.gradientStatistics, chunks, 0, {
    d: dy.pointer,
    z: z.pointer,
    mean: state.pointer,
    scaleShift: scaleShiftPointer(state.pointer, channels),
    activation,
    partials: partials.pointer,
    rows,
    channels,
    rowsPerChunk: perChunk,
    y: masked ? y.pointer : 0,
    masked: masked?.pointer ?? 0,
  });
  return { partials, parts: chunks, state, passed: masked };
}

/** A tensor over what an activation passes of another, or over the same values. */
function aliasOf(backend: WasmBackend, tensor: tf.TensorInfo, passed?: Block): tf.TensorInfo {
  const alias = backend.emptyTensor(tensor.shape);
  alias.data.block = backend.heap.retain(passed ?? backend.dataOf(tensor).block);
  return alias.info;
}

function rowsAndChannels({ shape }: tf.TensorInfo): { rows: number; channels: number } {
  const channels = shape[shape.length - 1];
  return { rows: shape.slice(0, -1).reduce((a, b) => a * b, 1), channels };
}

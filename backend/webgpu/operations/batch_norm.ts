/** BatchNormTrain, its gradient, and BatchNormInference. */
import * as tf from "@tensorflow/tfjs";
import type { Activation } from "../../ops/activation.ts";
import type { BatchNormGradientInputs } from "../../ops/batch_norm_gradients.ts";
import type { BatchNormInferenceInputs } from "../../ops/batch_norm_inference.ts";
import type { BatchNormTrainAttributes, BatchNormTrainInputs } from "../../ops/batch_norm_train.ts";
import { attachTo } from "../attached.ts";
import {
  allocate,
  allocateForParts,
  dispatch,
  keepOnlyOnGpu,
  type Kernel,
  release,
  spread,
} from "../dispatch.ts";
import activation from "../kernels/activation.wgsl" with { type: "text" };
import foldSource from "../kernels/batch_norm_fold.wgsl" with { type: "text" };
import finishSource from "../kernels/batch_norm_finish.wgsl" with { type: "text" };
import gradientFinish from "../kernels/batch_norm_gradient_finish.wgsl" with { type: "text" };
import gradientState from "../kernels/batch_norm_gradient_state.wgsl" with { type: "text" };
import gradientSums from "../kernels/batch_norm_gradient_sums.wgsl" with { type: "text" };
import state from "../kernels/batch_norm_state.wgsl" with { type: "text" };
import statisticsSource from "../kernels/batch_norm_statistics.wgsl" with { type: "text" };
import normalizeSource from "../kernels/normalize.wgsl" with { type: "text" };
import normalizeGradientSource from "../kernels/normalize_gradient.wgsl" with { type: "text" };
import inferenceSource from "../kernels/normalize_inference.wgsl" with { type: "text" };
import type { Constants } from "../expand.ts";
import { makeLazy } from "../lazy.ts";
import { bindableSlices } from "../limits.ts";
import { operand, operandSource } from "../operand.ts";
import { byPhotos, fitsWhole, type Part, photosAtATime } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { fillingSlices, tilingOf, vectorType, vectorWidth } from "../tiling.ts";

const kernels = {
  statistics: { name: "batch_norm_statistics", source: statisticsSource + state },
  finish: { name: "batch_norm_finish", source: finishSource + state },
  normalize: { name: "normalize", source: normalizeSource + activation },
  normalizeWithResidual: {
    name: "normalize",
    source: normalizeSource + activation + operandSource("residual"),
  },
  fold: { name: "batch_norm_fold", source: foldSource },
  inference: { name: "normalize_inference", source: inferenceSource + activation },
  gradientSums: {
    name: "batch_norm_gradient_sums",
    source: gradientSums + gradientState + activation,
  },
  gradientFinish: { name: "batch_norm_gradient_finish", source: gradientFinish + gradientState },
  normalizeGradient: { name: "normalize_gradient", source: normalizeGradientSource + activation },
} satisfies Record<string, Kernel>;

/** Of each y, what BatchNormTrain found of its batch. */
const states = new WeakMap<object, tf.TensorInfo>();

/** y, to which the batch's statistics stay attached; the running buffers move in place. */
export function batchNormTrain(
  backend: TfjsWebGpuBackend,
  { x, gamma, beta, residual, runningMean, runningVariance }: BatchNormTrainInputs,
  { activation, momentum, epsilon }: BatchNormTrainAttributes,
): tf.TensorInfo {
  const shape = shapeOf(x);
  const state = allocate(backend, [4, shape.channels]);
  keepOnlyOnGpu(backend, runningMean, runningVariance);
  const finished = [gamma, beta, runningMean, runningVariance, state];
  // The running variance takes that of the population.
  const UNBIASED = momentum * shape.rows / (shape.rows - 1);
  reduce(backend, shape, { MOMENTUM: momentum, UNBIASED, EPSILON: epsilon }, {
    sum: kernels.statistics,
    rows: [x],
    inputs: (x) => [x],
    finish: kernels.finish,
    finished,
    onceMore: finished,
  });
  return normalized(backend, x, state, activation, residual);
}

/** y, lazy where that saves a pass, with the state attached for its gradient. */
function normalized(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  state: tf.TensorInfo,
  activation: Activation,
  residual: tf.TensorInfo | undefined,
): tf.TensorInfo {
  const shape = shapeOf(x);
  const normalizeInto = (y: tf.TensorInfo) => {
    const constants = { ACTIVATION: activation, RESIDUAL: residual !== undefined };
    if (!residual) {
      return elementwise(backend, kernels.normalize, [x, y], (x, y) => [x, state, y], constants);
    }
    byPhotos(backend, [x, y, residual], (x, y, residual) => {
      const added = operand("residual", residual, shape.channels, 3, true);
      elementwise(
        backend,
        kernels.normalizeWithResidual,
        [x, y],
        () => [x, state, y, ...added.tensors],
        { ...constants, ...added.constants },
      );
    });
  };
  const isLazy = residual === undefined;
  const y = isLazy
    ? makeLazy(backend, x.shape, {
      kind: "normalized",
      activation,
      channels: shape.channels,
      parts: [x, state],
      compute: normalizeInto,
    })
    : allocateForParts(backend, x.shape);
  if (!isLazy) normalizeInto(y);
  attachTo(backend, y, state);
  states.set(y.dataId, state);
  return y;
}

export function batchNormInference(
  backend: TfjsWebGpuBackend,
  { x, gamma, beta, residual, mean, variance }: BatchNormInferenceInputs,
  { activation, epsilon }: { activation: Activation; epsilon: number },
): tf.TensorInfo {
  if (tf.engine().state.gradientDepth > 0) {
    const { channels } = shapeOf(x);
    const state = allocate(backend, [4, channels]);
    const tensors = [gamma, beta, mean, variance, state];
    const constants = { C: channels, EPSILON: epsilon };
    dispatch(backend, kernels.fold, constants, tensors, [Math.ceil(channels / 64)]);
    return normalized(backend, x, state, activation, residual);
  }
  const y = allocateForParts(backend, x.shape), vectors = [gamma, beta, mean, variance];
  const constants = {
    ACTIVATION: activation,
    RESIDUAL: residual !== undefined,
    EPSILON: epsilon,
  };
  elementwise(
    backend,
    kernels.inference,
    [x, y, ...(residual ? [residual] : [])],
    (x, ...rest) => [x, ...vectors, ...rest],
    constants,
  );
  return y;
}

/** Gradients of x, gamma, beta and, if there is one, of the residual. */
export function batchNormTrainGradient(
  backend: TfjsWebGpuBackend,
  inputs: BatchNormGradientInputs,
  attributes: BatchNormTrainAttributes,
): tf.TensorInfo[] {
  return batchNormGradient(backend, inputs, attributes, false);
}

/** The same where mean and variance are running ones, which x does not move. */
export function batchNormInferenceGradient(
  backend: TfjsWebGpuBackend,
  inputs: BatchNormGradientInputs,
  attributes: { activation: Activation; hasResidual: boolean },
): tf.TensorInfo[] {
  return batchNormGradient(backend, inputs, attributes, true);
}

function batchNormGradient(
  backend: TfjsWebGpuBackend,
  { dy, x, gamma, y }: BatchNormGradientInputs,
  { activation, hasResidual }: { activation: Activation; hasResidual: boolean },
  isRunning: boolean,
): tf.TensorInfo[] {
  const state = states.get(y.dataId);
  if (!state) throw new Error("the gradient of batch norm got a y that batch norm did not make");
  const shape = shapeOf(x);
  // Behind a residual the sign of y decides; without one it follows from x again.
  const isMasked = hasResidual && activation !== "linear";
  const incoming = isMasked ? allocateForParts(backend, dy.shape) : dy;
  if (hasResidual && !isMasked) backend.incRef(dy.dataId);
  const constants = { ACTIVATION: hasResidual ? "linear" : activation } as const;

  const dgamma = allocate(backend, gamma.shape), dbeta = allocate(backend, gamma.shape);
  const coefficients = allocate(backend, [3, shape.channels]);
  const outputs = [dgamma, dbeta, coefficients];
  reduce(backend, shape, { ACTIVATION: activation, RESIDUAL: isMasked, RUNNING: isRunning }, {
    sum: kernels.gradientSums,
    rows: [x, dy, ...(isMasked ? [y, incoming] : [])],
    inputs: (x, dy, ...masked) => [x, dy, state, ...masked],
    finish: kernels.gradientFinish,
    finished: [gamma, ...outputs],
    onceMore: [state, gamma, ...outputs],
  });
  const dx = makeLazy(backend, x.shape, {
    kind: "normalized gradient",
    activation: constants.ACTIVATION,
    channels: shape.channels,
    parts: [x, state, incoming, coefficients],
    compute: (dx) => {
      const bindings = (
        x: Part,
        incoming: Part,
        dx: Part,
      ) => [x, incoming, state, coefficients, dx];
      elementwise(backend, kernels.normalizeGradient, [x, incoming, dx], bindings, constants);
    },
  });
  release(backend, coefficients);
  if (!hasResidual) return [dx, dgamma, dbeta];
  const { dataId } = incoming;
  return [dx, dgamma, dbeta, { dataId, shape: dy.shape, dtype: dy.dtype }];
}

interface BatchNormShape {
  rows: number;
  channels: number;
}

function shapeOf({ shape }: tf.TensorInfo): BatchNormShape {
  const channels = shape[shape.length - 1];
  return { rows: tf.util.sizeFromShape(shape) / channels, channels };
}

interface Reduction {
  /** Sums a slice of the rows of each channel, */
  sum: Kernel;
  /** of these tensors, */
  rows: tf.TensorInfo[];
  /** which its first bindings are made of, */
  inputs: (...rows: Part[]) => Part[];
  /** and goes on to `finished` if there is but one slice; */
  finished: tf.TensorInfo[];
  /** else this kernel merges the slices' sums, with these bindings behind them. */
  finish: Kernel;
  onceMore: tf.TensorInfo[];
}

function reduce(
  backend: TfjsWebGpuBackend,
  { rows, channels }: BatchNormShape,
  constants: Record<string, number | string | boolean>,
  { sum, rows: tensors, inputs, finish, finished, onceMore }: Reduction,
): void {
  const tiling = tilingOf(backend);
  const width = vectorWidth(channels), C = channels / width;
  const whole = tiling.wholeStatistics.find((whole) => rows <= whole.rows);
  const { WX: most, WT } = whole ?? { WX: 8, WT: tiling.statisticThreads };
  const WX = Math.min(most, C);
  const groups = Math.ceil(C / WX);
  const partial = [2, channels];
  const { slices, rowsPerSlice } = !fitsWhole(backend, tensors)
    ? slicesOfParts(backend, tensors, rows, partial)
    : whole
    ? { slices: 1, rowsPerSlice: rows }
    : fillingSlices(backend, rows, groups, partial);
  const all = {
    ...constants,
    T: vectorType(width),
    C,
    ROWS: rows,
    SLICES: slices,
    PER_SLICE: rowsPerSlice,
  };
  const threads = { ...all, FINISHES: slices === 1, WX, WT };
  if (slices === 1) {
    dispatch(backend, sum, { ...threads, FIRST: 0 }, [...inputs(...tensors), ...finished], [
      groups,
    ]);
    return;
  }
  const partials = allocate(backend, [slices, ...partial]);
  let FIRST = 0;
  byPhotos(backend, tensors, (...parts) => {
    const ROWS = shapeOf(parts[0]).rows, own = Math.ceil(ROWS / rowsPerSlice);
    dispatch(
      backend,
      sum,
      { ...threads, ROWS, FIRST },
      [...inputs(...parts), partials],
      [groups, own],
    );
    FIRST += own;
  });
  // Threads that share the slices of a channel: one alone would wait for each slice's memory.
  const finishing = tiling.statisticThreads === 1
    ? { WX: 16, WT: 1 }
    : { WX, WT: tiling.statisticThreads };
  dispatch(
    backend,
    finish,
    { ...all, ...finishing, FINISHES: true },
    [partials, ...onceMore],
    [Math.ceil(C / finishing.WX)],
  );
  release(backend, partials);
}

/** As small as can be bound, and so that each part begins with a slice. */
function slicesOfParts(
  backend: TfjsWebGpuBackend,
  tensors: readonly tf.TensorInfo[],
  rows: number,
  partial: readonly number[],
) {
  const [photos] = tensors[0].shape, most = bindableSlices(backend, partial);
  const together = photosAtATime(backend, tensors);
  let own = Math.min(together, Math.ceil(photos / most));
  while (together % own !== 0) own++;
  return { slices: Math.ceil(photos / own), rowsPerSlice: own * rows / photos };
}

function elementwise(
  backend: TfjsWebGpuBackend,
  kernel: Kernel,
  tensors: tf.TensorInfo[],
  bindings: (...parts: Part[]) => Part[],
  constants: Constants,
): void {
  byPhotos(backend, tensors, (...parts) => {
    const { rows, channels } = shapeOf(parts[0]);
    const width = vectorWidth(channels), C = channels / width;
    const groups = spread(Math.ceil(rows * C / 64));
    dispatch(
      backend,
      kernel,
      { ...constants, T: vectorType(width), C, SIZE: rows * C, GROUPS_X: groups[0] },
      bindings(...parts),
      groups,
    );
  });
}

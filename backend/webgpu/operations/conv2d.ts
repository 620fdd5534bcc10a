/** Conv2D and its two gradients, over NHWC without dilation. */
import * as tf from "@tensorflow/tfjs";
import { type ConvInfo, convInfo } from "../../window.ts";
import { type ConvTile, convTiles } from "../conv_tile.ts";
import { allocate, dispatch, type Kernel, release, spread } from "../dispatch.ts";
import source from "../kernels/conv2d.wgsl" with { type: "text" };
import sharedSource from "../kernels/conv2d_shared.wgsl" with { type: "text" };
import filterGradientSource from "../kernels/conv2d_filter_gradient.wgsl" with { type: "text" };
import sumSlicesSource from "../kernels/sum_slices.wgsl" with { type: "text" };
import { operand, operandSource } from "../operand.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { slicesOf, tilingOf, vectorType, vectorWidth } from "../tiling.ts";
import { tunerOf } from "../tuner.ts";

const conv2dKernel: Kernel = { name: "conv2d", source: source + operandSource("x") };
const sharedKernel: Kernel = { name: "conv2d_shared", source: sharedSource + operandSource("x") };
const filterGradientKernel: Kernel = {
  name: "conv2d_filter_gradient",
  source: filterGradientSource + operandSource("x") + operandSource("dy"),
};
const sumSlicesKernel: Kernel = { name: "sum_slices", source: sumSlicesSource };

/** Undefined where the stock kernel must serve. */
export function undilatedWindow(...window: Parameters<typeof convInfo>): ConvInfo | undefined {
  const info = convInfo(...window);
  return info && isPlain(info) ? info : undefined;
}

/** Whether a convolution has neither dilation nor empty tensors. */
export function isPlain(info: ConvInfo): boolean {
  return info.dilationHeight === 1 && info.dilationWidth === 1 &&
    tf.util.sizeFromShape(info.inShape) > 0 && tf.util.sizeFromShape(info.outShape) > 0;
}

/** @param bias one value for each output channel, which the kernel takes along */
export function conv2d(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
  bias?: tf.TensorInfo,
): tf.TensorInfo {
  const y = allocate(backend, info.outShape);
  convolve(backend, x, filter, y, {
    batch: info.batchSize,
    input: [info.inHeight, info.inWidth, info.inChannels],
    output: [info.outHeight, info.outWidth, info.outChannels],
    kernel: [info.filterHeight, info.filterWidth],
    stride: [info.strideHeight, info.strideWidth],
    up: [1, 1],
    pad: [info.padInfo.top, info.padInfo.left],
    transposed: false,
  }, bias);
  return y;
}

export function conv2dInputGradient(
  backend: TfjsWebGpuBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const dx = allocate(backend, info.inShape);
  convolve(backend, dy, filter, dx, {
    batch: info.batchSize,
    input: [info.outHeight, info.outWidth, info.outChannels],
    output: [info.inHeight, info.inWidth, info.inChannels],
    kernel: [info.filterHeight, info.filterWidth],
    stride: [1, 1],
    up: [info.strideHeight, info.strideWidth],
    pad: [info.filterHeight - 1 - info.padInfo.top, info.filterWidth - 1 - info.padInfo.left],
    transposed: true,
  });
  return dx;
}

export function conv2dFilterGradient(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const tiling = tilingOf(backend);
  const VI = vectorWidth(info.inChannels), VO = vectorWidth(info.outChannels);
  const CI = info.inChannels / VI, CO = info.outChannels / VO;
  const KH = info.filterHeight, KW = info.filterWidth;
  const { WX, TN } = columnTiles(CO);
  const RM = rowsInRegisters(CI);
  const WY = tiling.workgroupRows;
  const groups: [number, number] = [
    Math.ceil(CO / (WX * TN)),
    Math.ceil(KH * KW * CI / (RM * WY)),
  ];
  const tiles = groups[0] * groups[1];
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  // Of a product of matrices, rows as long as there are enough of them to share out.
  const ROWS = isMatrixProduct(info)
    ? divisorFrom(pixels, Math.ceil(tiling.workgroupsWanted / tiles))
    : info.batchSize * info.outHeight;
  const rows = isMatrixProduct(info)
    ? { H: ROWS, W: pixels / ROWS, OH: ROWS, OW: pixels / ROWS }
    : { H: info.inHeight, W: info.inWidth, OH: info.outHeight, OW: info.outWidth };
  const { slices, rowsPerSlice } = slicesOf(ROWS, tiles, tiling);
  const shape = [KH, KW, info.inChannels, info.outChannels];
  const partials = allocate(backend, slices === 1 ? shape : [slices, ...shape]);
  // The taps of a window load each value several times.
  const isPointwise = KH * KW === 1;
  const left = operand("x", x, info.inChannels, 1, isPointwise);
  const right = operand("dy", dy, info.outChannels, 1 + left.tensors.length, isPointwise);
  dispatch(
    backend,
    filterGradientKernel,
    {
      ...left.constants,
      ...right.constants,
      Y: vectorType(VO),
      VI,
      ...rows,
      CI,
      CO,
      KH,
      KW,
      S_H: info.strideHeight,
      S_W: info.strideWidth,
      P_H: info.padInfo.top,
      P_W: info.padInfo.left,
      ROWS,
      PER_SLICE: rowsPerSlice,
      RM,
      TN,
      WX,
      WY,
    },
    [partials, ...left.tensors, ...right.tensors],
    [...groups, slices],
  );
  return sumSlices(backend, partials, shape, slices);
}

/** Adds `slices` partial results in their order, and disposes them. */
export function sumSlices(
  backend: TfjsWebGpuBackend,
  partials: tf.TensorInfo,
  shape: number[],
  slices: number,
): tf.TensorInfo {
  if (slices === 1) return partials;
  const sum = allocate(backend, shape);
  const size = tf.util.sizeFromShape(shape), width = vectorWidth(size);
  const threads = slices > 4 && tilingOf(backend).statisticThreads > 1
    ? { WX: 32, WT: 8 }
    : { WX: 64, WT: 1 };
  const groups = spread(Math.ceil(size / width / threads.WX));
  dispatch(
    backend,
    sumSlicesKernel,
    {
      ...threads,
      T: vectorType(width),
      SIZE: size / width,
      SLICES: slices,
      GROUPS_X: groups[0],
    },
    [partials, sum],
    groups,
  );
  release(backend, partials);
  return sum;
}

interface Convolution {
  batch: number;
  /** Height, width, channels. */
  input: [number, number, number];
  output: [number, number, number];
  kernel: [number, number];
  stride: [number, number];
  /** By how much the input is spread out: the stride, in the gradient of a strided convolution. */
  up: [number, number];
  pad: [number, number];
  /** Whether the filter is read transposed and turned. */
  transposed: boolean;
}

function convolve(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  y: tf.TensorInfo,
  convolution: Convolution,
  bias?: tf.TensorInfo,
): void {
  const product = asMatrixProduct(convolution);
  const { batch, input, output, kernel, up } = product;
  const tiles = convTiles({
    columns: output[2] / vectorWidth(output[2]),
    pixelsPerRow: Math.ceil(output[1] / up[1]),
    pixels: batch * output[0] * output[1],
    depth: kernel[0] * kernel[1] * input[2],
    inputs: input[2] / vectorWidth(input[2]),
    width: vectorWidth(input[2]),
    isSpread: up[0] * up[1] > 1,
  }, tilingOf(backend));
  const tile = tunerOf(backend).choose(`conv2d ${JSON.stringify(product)}`, tiles, () => {
    const tensors = [x, filter, y].map(({ shape }) => allocate(backend, shape));
    const [a, b, c] = tensors;
    return { tensors, run: (tile) => convolveBy(tile, backend, a, b, c, product) };
  });
  convolveBy(tile, backend, x, filter, y, product, bias);
}

function convolveBy(
  tile: ConvTile,
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  y: tf.TensorInfo,
  { batch, input, output, kernel, stride, up, pad, transposed }: Convolution,
  bias?: tf.TensorInfo,
): void {
  const VI = vectorWidth(input[2]), VO = vectorWidth(output[2]);
  const CO = output[2] / VO;
  // A workgroup that shares what it reads computes a lazy value once for all its threads.
  const mayCompute = kernel[0] * kernel[1] === 1;
  const source = operand("x", x, input[2], bias ? 3 : 2, mayCompute);
  const constants = {
    ...source.constants,
    X: vectorType(VI),
    Y: vectorType(VO),
    VI,
    VO,
    H: input[0],
    W: input[1],
    CI: input[2] / VI,
    OH: output[0],
    OW: output[1],
    CO,
    KH: kernel[0],
    KW: kernel[1],
    S_H: stride[0],
    S_W: stride[1],
    P_H: pad[0],
    P_W: pad[1],
    TRANSPOSED: transposed,
    BIAS: bias !== undefined,
    TM: tile.TM,
    TN: tile.TN,
  };
  const tensors = [filter, y, ...(bias ? [bias] : []), ...source.tensors];
  if (tile.kind === "shared") {
    const PIXELS = batch * output[0] * output[1];
    const { LX, LY, TM, TN, BK } = tile;
    const groups = spread(Math.ceil(PIXELS / (LY * TM)));
    dispatch(
      backend,
      sharedKernel,
      { ...constants, PIXELS, GROUPS_Y: groups[0], LX, LY, BK },
      tensors,
      [Math.ceil(CO / (LX * TN)), ...groups],
    );
    return;
  }
  const columns = Math.ceil(output[1] / up[1]);
  const INSIDE = up[1] === 1 && pad[1] === 0 && output[1] % tile.TM === 0 &&
    (output[1] - 1) * stride[1] + kernel[1] <= input[1];
  const rows = output[0] * up[1] * Math.ceil(columns / tile.TM);
  dispatch(
    backend,
    conv2dKernel,
    { ...constants, UP_H: up[0], UP_W: up[1], INSIDE, WX: tile.WX, WY: tile.WY },
    tensors,
    [Math.ceil(CO / (tile.WX * tile.TN)), Math.ceil(rows / tile.WY), batch],
  );
}

/** The groups of a row's tiles must fit one dimension of a dispatch: 65,535 of 4 pixels each. */
const MOST_PIXELS_IN_A_ROW = 2 ** 18 - 4;

/** A 1×1 convolution without stride is one product over all pixels: no row has a tail then. */
function asMatrixProduct(convolution: Convolution): Convolution {
  const { batch, input, output, kernel, stride, up, pad } = convolution;
  const ones = [...kernel, ...stride, ...up].every((n) => n === 1);
  if (!ones || pad.some((n) => n !== 0) || output[0] !== input[0] || output[1] !== input[1]) {
    return convolution;
  }
  const pixels = batch * input[0] * input[1];
  if (pixels > MOST_PIXELS_IN_A_ROW) return convolution;
  return {
    ...convolution,
    batch: 1,
    input: [1, pixels, input[2]],
    output: [1, pixels, output[2]],
  };
}

/** Threads side by side over the output channels' vectors, and how many vectors each computes. */
function columnTiles(vectors: number): { WX: number; TN: 1 | 2 | 3 } {
  const WX = Math.min(8, vectors);
  const perThread = Math.ceil(vectors / WX);
  return { WX, TN: perThread === 1 || perThread === 3 ? perThread : 2 };
}

/** Whether each pixel of the output depends on the same pixel of the input alone. */
function isMatrixProduct(info: ConvInfo): boolean {
  return info.filterHeight === 1 && info.filterWidth === 1 &&
    info.inHeight === info.outHeight && info.inWidth === info.outWidth &&
    info.strideHeight === 1 && info.strideWidth === 1 &&
    info.padInfo.top === 0 && info.padInfo.left === 0;
}

/** The smallest divisor of `n` that is no smaller than `from`, or n. */
function divisorFrom(n: number, from: number): number {
  let divisor = Math.min(n, from);
  while (n % divisor !== 0) divisor++;
  return divisor;
}

/** Vectors of input channels a thread sums at once; they must belong to one tap. */
function rowsInRegisters(vectors: number): number {
  return [4, 3, 2].find((rows) => vectors % rows === 0) ?? 1;
}

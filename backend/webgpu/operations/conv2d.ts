/** Conv2D and its input's gradient, over NHWC without dilation. */
import * as tf from "@tensorflow/tfjs";
import { type ConvInfo, convInfo } from "../../window.ts";
import { type ConvTile, convTiles } from "../conv_tile.ts";
import { allocate, allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import { type Geometry, geometryOf, inputGradientGeometry } from "../geometry.ts";
import source from "../kernels/conv2d.wgsl" with { type: "text" };
import sharedSource from "../kernels/conv2d_shared.wgsl" with { type: "text" };
import { operand, operandSource } from "../operand.ts";
import { byPhotos, type Part } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { tilingOf, vectorType, vectorWidth } from "../tiling.ts";
import { tunerOf } from "../tuner.ts";

const conv2dKernel: Kernel = { name: "conv2d", source: source + operandSource("x") };
const sharedKernel: Kernel = { name: "conv2d_shared", source: sharedSource + operandSource("x") };

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
  const y = allocateForParts(backend, info.outShape);
  byPhotos(backend, [x, y], (x, y) =>
    convolve(backend, x, filter, y, {
      ...geometryOf(info),
      batch: x.shape[0],
      inputs: info.inChannels,
      outputs: info.outChannels,
      transposed: false,
    }, bias));
  return y;
}

export function conv2dInputGradient(
  backend: TfjsWebGpuBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const dx = allocateForParts(backend, info.inShape);
  byPhotos(backend, [dy, dx], (dy, dx) =>
    convolve(backend, dy, filter, dx, {
      ...inputGradientGeometry(info),
      batch: dy.shape[0],
      inputs: info.outChannels,
      outputs: info.inChannels,
      transposed: true,
    }));
  return dx;
}

interface Convolution extends Geometry {
  batch: number;
  /** Channels. */
  inputs: number;
  outputs: number;
  /** Whether the filter is read transposed and turned. */
  transposed: boolean;
}

function convolve(
  backend: TfjsWebGpuBackend,
  x: Part,
  filter: tf.TensorInfo,
  y: Part,
  convolution: Convolution,
  bias?: tf.TensorInfo,
): void {
  const product = asMatrixProduct(convolution);
  const { batch, inputs, outputs, OH, OW, KH, KW, UP_H, UP_W } = product;
  const width = vectorWidth(inputs);
  const tiles = convTiles({
    columns: outputs / vectorWidth(outputs),
    pixelsPerRow: Math.ceil(OW / UP_W),
    pixels: batch * OH * OW,
    depth: KH * KW * inputs,
    inputs: inputs / width,
    width,
    isSpread: UP_H * UP_W > 1,
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
  x: Part,
  filter: tf.TensorInfo,
  y: Part,
  { batch, inputs, outputs, transposed, ...geometry }: Convolution,
  bias?: tf.TensorInfo,
): void {
  const { W, OH, OW, KH, KW, S_W, UP_W, P_W } = geometry;
  const VI = vectorWidth(inputs), VO = vectorWidth(outputs);
  const CO = outputs / VO;
  // A workgroup that shares what it reads computes a lazy value once for all its threads.
  const source = operand("x", x, inputs, bias ? 3 : 2, KH * KW === 1);
  const constants = {
    ...source.constants,
    X: vectorType(VI),
    Y: vectorType(VO),
    VI,
    VO,
    ...geometry,
    CI: inputs / VI,
    CO,
    TRANSPOSED: transposed,
    BIAS: bias !== undefined,
    TM: tile.TM,
    TN: tile.TN,
  };
  const tensors = [filter, y, ...(bias ? [bias] : []), ...source.tensors];
  if (tile.kind === "shared") {
    const PIXELS = batch * OH * OW;
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
  const INSIDE = UP_W === 1 && P_W === 0 && OW % tile.TM === 0 && (OW - 1) * S_W + KW <= W;
  const rows = OH * UP_W * Math.ceil(Math.ceil(OW / UP_W) / tile.TM);
  dispatch(
    backend,
    conv2dKernel,
    { ...constants, INSIDE, WX: tile.WX, WY: tile.WY },
    tensors,
    [Math.ceil(CO / (tile.WX * tile.TN)), Math.ceil(rows / tile.WY), batch],
  );
}

/** The groups of a row's tiles must fit one dimension of a dispatch: 65,535 of 4 pixels each. */
const MOST_PIXELS_IN_A_ROW = 2 ** 18 - 4;

/** A 1×1 convolution without stride is one product over all pixels: no row has a tail then. */
function asMatrixProduct(convolution: Convolution): Convolution {
  const { batch, H, W, OH, OW, KH, KW, S_H, S_W, UP_H, UP_W, P_H, P_W } = convolution;
  const ones = [KH, KW, S_H, S_W, UP_H, UP_W].every((n) => n === 1);
  if (!ones || P_H !== 0 || P_W !== 0 || OH !== H || OW !== W) return convolution;
  const pixels = batch * H * W;
  if (pixels > MOST_PIXELS_IN_A_ROW) return convolution;
  return { ...convolution, batch: 1, H: 1, W: pixels, OH: 1, OW: pixels };
}

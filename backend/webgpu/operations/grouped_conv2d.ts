/** GroupedConv2D and its two gradients, of groups whose channels come in eights. */
import type * as tf from "@tensorflow/tfjs";
import { type ConvInfo, groupsOf } from "../../window.ts";
import { allocate, allocateForParts, dispatch, type Kernel } from "../dispatch.ts";
import source from "../kernels/grouped_conv2d.wgsl" with { type: "text" };
import filterGradientSource from "../kernels/grouped_conv2d_filter_gradient.wgsl" with {
  type: "text",
};
import { type Geometry, geometryOf, inputGradientGeometry } from "../geometry.ts";
import { operand, operandSource } from "../operand.ts";
import { byPhotos, type Part } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { fillingSlices, tilingOf } from "../tiling.ts";
import { sumByPhotos } from "./sum_by_photos.ts";
import { sumSlices } from "./sum_slices.ts";

const groupedKernel: Kernel = { name: "grouped_conv2d", source: source + operandSource("x") };
const filterGradientKernel: Kernel = {
  name: "grouped_conv2d_filter_gradient",
  source: filterGradientSource + operandSource("x") + operandSource("dy"),
};

/** Channels of a group up to which what is lazy is computed while loading, once for each eight of them. */
const FEW_CHANNELS = 16;

export function groupedConv(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const y = allocateForParts(backend, info.outShape);
  byPhotos(
    backend,
    [x, y],
    (x, y) => convolve(backend, x, filter, y, info, geometryOf(info), false),
  );
  return y;
}

export function groupedConvInputGradient(
  backend: TfjsWebGpuBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const dx = allocateForParts(backend, info.inShape);
  byPhotos(
    backend,
    [dy, dx],
    (dy, dx) => convolve(backend, dy, filter, dx, info, inputGradientGeometry(info), true),
  );
  return dx;
}

export function groupedConvFilterGradient(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  return sumByPhotos(backend, [x, dy], (x, dy) => filterGradientOfPart(backend, x, dy, info));
}

function filterGradientOfPart(
  backend: TfjsWebGpuBackend,
  x: Part,
  dy: Part,
  info: ConvInfo,
): tf.TensorInfo {
  const groups = groupsOf(info), IN = info.inChannels / 4, OUT = info.outChannels / 4;
  const threads = OUT * IN / groups, { workgroupRows } = tilingOf(backend);
  const WX = Math.min(threads, 8 * workgroupRows);
  const workgroups = Math.ceil(threads / WX), ROWS = x.shape[0] * info.outHeight;
  const tiles = workgroups * info.filterHeight;
  const shape = [
    info.filterHeight,
    info.filterWidth,
    info.inChannels / groups,
    info.outChannels,
  ];
  const { slices, rowsPerSlice } = fillingSlices(backend, ROWS, tiles, shape);
  const partials = allocate(backend, slices === 1 ? shape : [slices, ...shape]);
  const mayCompute = isNarrow(info);
  const left = operand("x", x, info.inChannels, 1, mayCompute);
  const right = operand("dy", dy, info.outChannels, 1 + left.tensors.length, mayCompute);
  dispatch(
    backend,
    filterGradientKernel,
    {
      ...left.constants,
      ...right.constants,
      IN,
      OUT,
      IN_OWN: IN / groups,
      OUT_OWN: OUT / groups,
      ...geometryOf(info),
      ROWS,
      PER_SLICE: rowsPerSlice,
      TM: info.outWidth % 4 === 0 ? 4 : 7,
      WX,
    },
    [partials, ...left.tensors, ...right.tensors],
    [workgroups, slices, info.filterHeight],
  );
  return sumSlices(backend, partials, shape, slices);
}

/** @param turned whether the filter is read turned by 180°, from its outputs to its inputs */
function convolve(
  backend: TfjsWebGpuBackend,
  x: Part,
  filter: tf.TensorInfo,
  y: Part,
  info: ConvInfo,
  geometry: Geometry,
  turned: boolean,
): void {
  const groups = groupsOf(info), [inputs, outputs] = [x, y].map(({ shape }) => shape[3]);
  const IN = inputs / 4, OUT = outputs / 4;
  const { OH, OW, UP_W } = geometry;
  const TM = UP_W * Math.ceil(4 / UP_W);
  const source = operand("x", x, inputs, 2, isNarrow(info));
  dispatch(
    backend,
    groupedKernel,
    {
      ...source.constants,
      IN,
      OUT,
      IN_OWN: IN / groups,
      OUT_OWN: OUT / groups,
      ...geometry,
      TURNED: turned,
      TM,
    },
    [filter, y, ...source.tensors],
    [Math.ceil(OH * Math.ceil(OW / TM) * OUT / 64), x.shape[0]],
  );
}

function isNarrow(info: ConvInfo): boolean {
  return Math.max(info.inChannels, info.outChannels) / groupsOf(info) <= FEW_CHANNELS;
}

/** The gradient of Conv2D's filter, over NHWC without dilation. */
import type * as tf from "@tensorflow/tfjs";
import type { ConvInfo } from "../../window.ts";
import { allocate, dispatch, type Kernel } from "../dispatch.ts";
import type { Constants } from "../expand.ts";
import { geometryOf } from "../geometry.ts";
import source from "../kernels/conv2d_filter_gradient.wgsl" with { type: "text" };
import sharedSource from "../kernels/conv2d_filter_gradient_shared.wgsl" with { type: "text" };
import { bindableSlices } from "../limits.ts";
import { operand, operandSource } from "../operand.ts";
import type { Part } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { slicesOf, type Tiling, tilingOf, vectorType, vectorWidth, wavesOf } from "../tiling.ts";
import { sumByPhotos } from "./sum_by_photos.ts";
import { sumSlices } from "./sum_slices.ts";

const operands = operandSource("x") + operandSource("dy");
const kernel: Kernel = { name: "conv2d_filter_gradient", source: source + operands };
const sharedKernel: Kernel = {
  name: "conv2d_filter_gradient_shared",
  source: sharedSource + operands,
};
/** Of windows larger than a pixel, which lie elsewhere for each pixel that is loaded. */
const sharedWindowKernel: Kernel = { ...sharedKernel, knowsSizes: true };

export function conv2dFilterGradient(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  return sumByPhotos(backend, [x, dy], (x, dy) => ofPart(backend, x, dy, info));
}

function ofPart(
  backend: TfjsWebGpuBackend,
  x: Part,
  dy: Part,
  info: ConvInfo,
): tf.TensorInfo {
  const [batchSize] = x.shape;
  const tiling = tilingOf(backend);
  const VI = vectorWidth(info.inChannels), VO = vectorWidth(info.outChannels);
  const isPointwise = info.filterHeight * info.filterWidth === 1;
  const isShared = tiling.sharesMemory && VO === 4;
  const product = {
    rows: Math.ceil(info.filterHeight * info.filterWidth * info.inChannels / (isShared ? 4 : VI)),
    columns: info.outChannels / VO,
    pixels: batchSize * info.outHeight * info.outWidth,
    vectors: info.inChannels / VI,
    width: VI,
  };
  const shape = [info.filterHeight, info.filterWidth, info.inChannels, info.outChannels];
  const cut = isShared ? cutForSharing(product) : cutForRegisters(product, tiling);
  const wanted = Math.min(cut.slicesWanted, bindableSlices(backend, shape));
  // Of a product of matrices, rows as long as there are enough of them to share out.
  const ROWS = isMatrixProduct(info)
    ? divisorFrom(product.pixels, Math.min(wanted, product.pixels))
    : batchSize * info.outHeight;
  const rows = isMatrixProduct(info)
    ? { H: ROWS, W: product.pixels / ROWS, OH: ROWS, OW: product.pixels / ROWS }
    : {};
  const { slices, rowsPerSlice } = slicesOf(ROWS, wanted);
  const partials = allocate(backend, slices === 1 ? shape : [slices, ...shape]);
  // The taps of a window load each value several times.
  const left = operand("x", x, info.inChannels, 1, isPointwise);
  const right = operand("dy", dy, info.outChannels, 1 + left.tensors.length, isPointwise);
  dispatch(
    backend,
    !isShared ? kernel : isMatrixProduct(info) ? sharedKernel : sharedWindowKernel,
    {
      ...left.constants,
      ...right.constants,
      Y: vectorType(VO),
      VI,
      ...geometryOf(info),
      ...rows,
      CI: product.vectors,
      CO: product.columns,
      ROWS,
      PER_SLICE: rowsPerSlice,
      ...cut.constants,
    },
    [partials, ...left.tensors, ...right.tensors],
    [...cut.groups, slices],
  );
  return sumSlices(backend, partials, shape, slices);
}

/** As a product of matrices: the filter's rows are input channels, tap by tap, in vectors. */
interface Product {
  rows: number;
  columns: number;
  pixels: number;
  /** Of input channels, to a tap, and how many channels one is. */
  vectors: number;
  width: 1 | 4;
}

interface Cut {
  constants: Constants;
  /** Workgroups over columns and rows. */
  groups: [number, number];
  /** Parts of the pixels that are summed by themselves. */
  slicesWanted: number;
}

function cutForRegisters({ rows, columns, vectors }: Product, tiling: Tiling): Cut {
  const WX = Math.min(8, columns), perThread = Math.ceil(columns / WX);
  const TN = perThread === 1 || perThread === 3 ? perThread : 2;
  // Vectors of input channels a thread sums at once; they must belong to one tap.
  const RM = [4, 3, 2].find((count) => vectors % count === 0) ?? 1;
  const WY = tiling.workgroupRows;
  const groups: [number, number] = [Math.ceil(columns / (WX * TN)), Math.ceil(rows / (RM * WY))];
  return {
    constants: { RM, TN, WX, WY },
    groups,
    slicesWanted: Math.ceil(tiling.workgroupsWanted / (groups[0] * groups[1])),
  };
}

/** Large tiles read least. BP pixels at a time. */
const SHARED: readonly [RM: number, TN: number, LX: number, LY: number, BP: number][] = [
  [2, 2, 16, 16, 16],
  [2, 2, 8, 16, 16],
  [2, 2, 8, 8, 16],
  [2, 1, 4, 16, 16],
  [1, 1, 8, 8, 32],
  [1, 1, 4, 16, 16],
];
/** Processors of a large GPU. */
const PROCESSORS = 128;
/** A slice ends with writing all sums, which must be worth it. */
const FEWEST_PIXELS = 32;
/** Bytes that such a GPU's memory moves while each of its threads computes one term. */
const BYTES_PER_TERM = 1760;

/** That which takes a large GPU least, as far as terms, loads and sums written tell. */
export function cutForSharing({ rows, columns, pixels, width }: Product): Cut {
  const cuts = SHARED.flatMap(([RM, TN, LX, LY, BP]) => {
    const groups: [number, number] = [Math.ceil(columns / (LX * TN)), Math.ceil(rows / (LY * RM))];
    const tiles = groups[0] * groups[1], threads = LX * LY;
    // A load from the workgroup's memory takes as long as four terms; one from the adapter's, with
    // finding out where, as twelve.
    const perPixel = 16 * RM * TN + 4 * (RM + TN) + 4 +
      12 * (LY * RM * 4 / width + LX * TN) / threads;
    return [1, 2, 4].map((rounds) => {
      const slicesWanted = Math.max(
        1,
        Math.min(
          Math.round(rounds * PROCESSORS * 128 / (tiles * threads)),
          Math.floor(pixels / FEWEST_PIXELS),
        ),
      );
      const time = wavesOf(tiles * slicesWanted, threads, PROCESSORS) * pixels / slicesWanted *
          perPixel + 2 * slicesWanted * rows * columns * 64 / BYTES_PER_TERM;
      return { time, cut: { constants: { RM, TN, LX, LY, BP }, groups, slicesWanted } };
    });
  });
  return cuts.reduce((a, b) => b.time < a.time ? b : a).cut;
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

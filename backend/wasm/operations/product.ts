/** Runs kernels/conv2d.ts and kernels/conv2d_filter_gradient.ts. */
import type { WasmBackend } from "../backend.ts";
import type { Block } from "../heap.ts";
import { balancedProduct } from "../balance.ts";
import { Kernel } from "../kernel.ts";
import { blockRows, filterGradientChunks, productChunks } from "../partition.ts";
import { plainArguments, sourceArguments } from "../source.ts";
import type { BatchStatistics, TensorData } from "../tensor_data.ts";
import { type Ending, PRODUCT_ALONE } from "./ending.ts";
import type { PackedWeights } from "./pack.ts";
import { allocateStatistics } from "./statistics.ts";
import type { TapGrid } from "./taps.ts";

/**
 * Where the rows of a product come from: a tensor's rows, or pixels gathered by taps. The source is a
 * tensor, or a `Source` record.
 */
export type ProductRows =
  | { kind: "rows"; source: TensorData | number[]; rows: number; K: number }
  | GatheredRows;

interface GatheredRows {
  kind: "gathered";
  source: TensorData | number[];
  batch: number;
  height: number;
  width: number;
  channels: number;
  grid: TapGrid;
}

/** Where the products go: densely, or to every step-th pixel of an image. */
export interface ProductTarget {
  block: Block;
  columns: number;
  pixels?: {
    height: number;
    width: number;
    stepHeight: number;
    stepWidth: number;
    offsetHeight: number;
    offsetWidth: number;
  };
}

/** target = rows · weights. Returns batch statistics of the products if they are wanted. */
export function multiplyRows(
  backend: WasmBackend,
  input: ProductRows,
  weights: PackedWeights,
  target: ProductTarget,
  { withStatistics, epilogue }: Ending = PRODUCT_ALONE,
): BatchStatistics | undefined {
  const { rows, K } = shapeOf(input);
  const N = target.columns, N8 = Math.ceil(N / 8) * 8;
  // Sums of the same rows as ever, so that training repeats to the bit.
  const split = withStatistics
    ? productChunks(rows, K, N8)
    : balancedProduct(rows, K, N8, input.kind === "rows" ? 4 : GATHERING_COLUMNS);
  const inStrips = suitsStrips(input, K);
  // Gathering is the cheaper the longer the blocks; rows that are there already best stay in L1.
  const most = input.kind === "rows" ? 48 : 204;
  const gathering = gatherDepth(input, K);
  const block = blockRows(gathering + split.columns.perChunk, split.rows.perChunk, most);
  const depth = inStrips ? Math.ceil(Math.max(K, stripFloats(input) / block)) : gathering;
  const statistics = withStatistics
    ? allocateStatistics(backend, rows, split.rows.perChunk, N)
    : undefined;
  const pixels = target.pixels ?? everyPixel(input);
  backend.pool.run(Kernel.conv2d, split.rows.chunks * split.columns.chunks, block * (depth + N8), [
    ...rowSource(input, split.columns.chunks),
    ...gatherArguments(backend, input),
    input.kind === "rows" ? POINTWISE : inStrips ? STRIPS : GATHERED,
    weights.block.pointer,
    target.block.pointer,
    rows,
    K,
    N,
    runCount(input),
    depth,
    pixels.height,
    pixels.width,
    pixels.stepHeight,
    pixels.stepWidth,
    pixels.offsetHeight,
    pixels.offsetWidth,
    statistics?.partials.pointer ?? 0,
    split.rows.perChunk,
    split.columns.perChunk,
    block,
    weights.wide,
    ...epilogue,
  ]);
  return statistics;
}

/** The `Source` record of a product's rows, for whoever multiplies them later. */
export function productSource(input: ProductRows, columns: number): number[] {
  const { rows, K } = shapeOf(input);
  return rowSource(input, productChunks(rows, K, Math.ceil(columns / 8) * 8).columns.chunks);
}

/** filter gradient = rowsᵀ · gradient, into `out` [K, columns]. */
export function multiplyTransposedRows(
  backend: WasmBackend,
  input: ProductRows,
  gradient: TensorData,
  columns: number,
  out: TensorData,
): void {
  const { heap, pool, wide } = backend;
  const { rows, K } = shapeOf(input);
  const N8 = Math.ceil(columns / 8) * 8;
  const byChannels = input.kind === "rows";
  const runs = runCount(input);
  const split = filterGradientChunks(
    rows,
    K,
    N8,
    byChannels ? K : runs,
    byChannels ? 24 : 1,
  );
  // Every block passes over the whole gradient again, hence long ones.
  const block = blockRows(K / split.parts.chunks / 2 + N8 / 2, split.rows.perChunk, 204);
  const inPlace = split.rows.chunks === 1 && N8 === columns;
  const parts = inPlace ? out.block : heap.allocate(split.rows.chunks * K * N8);
  const scratch = block * (K + columns + 32) + 64;
  pool.run(Kernel.conv2dFilterGradient, split.rows.chunks * split.parts.chunks, scratch, [
    ...rowSource(input, split.parts.chunks),
    ...(split.parts.chunks > 1 ? plainArguments : sourceArguments)(gradient),
    ...gatherArguments(backend, input),
    byChannels ? 1 : 0,
    parts.pointer,
    rows,
    K,
    columns,
    runs,
    byChannels ? 1 : split.parts.perChunk,
    byChannels ? split.parts.perChunk : K,
    split.rows.perChunk,
    block,
    wide,
  ]);
  if (inPlace) return;
  sumParts(backend, parts, split.rows.chunks, K, N8, columns, out);
  heap.release(parts);
}

/** Adds partial results [count][rows][pitch] up, in their order, into `out` [rows][columns]. */
export function sumParts(
  { pool }: WasmBackend,
  parts: Block,
  count: number,
  rows: number,
  pitch: number,
  columns: number,
  out: TensorData,
): void {
  const rowsPerChunk = Math.max(1, Math.ceil(8192 / pitch));
  pool.run(Kernel.sumParts, Math.ceil(rows / rowsPerChunk), 0, [
    parts.pointer,
    out.pointer,
    count,
    rows,
    pitch,
    columns,
    rowsPerChunk,
  ]);
}

/**
 * The `Source` record. Where several chunks read the same rows, a lazy tensor is computed once for
 * all of them.
 */
function rowSource(input: ProductRows, readers: number): number[] {
  if (Array.isArray(input.source)) return input.source;
  const isLazyHere = input.kind === "rows" && readers === 1;
  return (isLazyHere ? sourceArguments : plainArguments)(input.source);
}

function everyPixel(input: ProductRows): NonNullable<ProductTarget["pixels"]> {
  const { height, width } = input.kind === "rows" ? { height: 1, width: input.rows } : input.grid;
  return { height, width, stepHeight: 1, stepWidth: 1, offsetHeight: 0, offsetWidth: 0 };
}

function shapeOf(input: ProductRows): { rows: number; K: number } {
  if (input.kind === "rows") return input;
  const taps = input.grid.runs.reduce((sum, run) => sum + run.indices.length, 0);
  return {
    rows: input.batch * input.grid.height * input.grid.width,
    K: taps * input.channels,
  };
}

function runCount(input: ProductRows): number {
  return input.kind === "rows" ? 1 : input.grid.runs.length;
}

/** Floats of a row that are gathered at once: some runs of taps, or the longest one. */
function gatherDepth(input: ProductRows, K: number): number {
  if (input.kind === "rows") return K;
  const { grid, channels } = input;
  const longest = Math.max(0, ...grid.runs.map((run) => run.indices.length * channels));
  return Math.min(K, Math.max(GATHER_DEPTH, longest));
}

/** As kernels/conv2d.ts numbers how rows are come by. */
const GATHERED = 0, POINTWISE = 1, STRIPS = 2;

/** kernels/gemm.ts sums so many steps of k at once: beyond, gathering would add up in another order. */
const LONGEST_STRIPS = 256;

/** Whether neighbouring outputs see overlapping runs that all begin in the same column. */
function suitsStrips(input: ProductRows, K: number): input is GatheredRows {
  if (input.kind === "rows" || K > LONGEST_STRIPS) return false;
  const { runs, strideWidth } = input.grid;
  return runs.length > 0 &&
    runs.every(({ dx, indices }) =>
      dx === runs[0].dx && indices.length === runs[0].indices.length && indices.length > strideWidth
    );
}

/** Of the source rows that a row of outputs sees. */
function stripFloats({ grid, channels }: GatheredRows): number {
  const columns = (grid.width - 1) * grid.strideWidth + grid.runs[0].indices.length;
  return grid.runs.length * columns * channels;
}

const GATHER_DEPTH = 512;
/** What gathering costs, in columns of the product. */
const GATHERING_COLUMNS = 24;

/** The `Gather` record of kernels/gather.ts. */
function gatherArguments({ heap }: WasmBackend, input: ProductRows): number[] {
  if (input.kind === "rows") return [0, 1, input.rows, input.K, 1, input.rows, 1, 1, 0];
  const { source, height, width, channels, grid } = input;
  const words = grid.runs.flatMap(({ dy, dx, indices }) => [dy, dx, indices.length]);
  return [
    Array.isArray(source) ? source[1] : source.pointer,
    height,
    width,
    channels,
    grid.height,
    grid.width,
    grid.strideHeight,
    grid.strideWidth,
    heap.table(words),
  ];
}

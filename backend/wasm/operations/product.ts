/** Runs kernels/conv2d.ts and kernels/conv2d_filter_gradient.ts. */
import type { WasmBackend } from "../backend.ts";
import { balancedColumns, balancedProduct } from "../balance.ts";
import {
  type GatherRecord,
  K_BLOCK,
  Kernel,
  RowReading,
  SourceKind,
  type SourceRecord,
  TAP_RUN_WORDS,
  writeTapRun,
} from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import { blockRows, cut, filterGradientChunks, productChunks } from "../partition.ts";
import { computedSource, plainSource, sourceOf } from "../source.ts";
import { type BatchStatistics, TensorData } from "../tensor_data.ts";
import { type Ending, PRODUCT_ALONE, type Strips } from "./deferred_convolution.ts";
import { type FloatRows, rowsAsIntegers } from "./integers.ts";
import type { PackedWeights } from "./pack.ts";
import { allocateStatistics } from "./statistics.ts";
import type { TapGrid } from "./taps.ts";

/**
 * Where the rows of a product come from: a tensor's rows, or pixels gathered by taps. The source is a
 * tensor, or what `productSource` made of one.
 */
export type ProductRows =
  | { kind: "rows"; source: TensorData | SourceRecord; rows: number; K: number }
  | GatheredRows;

interface GatheredRows {
  kind: "gathered";
  source: TensorData | SourceRecord;
  batch: number;
  height: number;
  width: number;
  channels: number;
  grid: TapGrid;
}

/** Where the products go: densely, or to every step-th pixel of an image. */
interface ProductTarget {
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
  floats: ProductRows,
  weights: PackedWeights,
  target: ProductTarget,
  { withStatistics, epilogue }: Ending = PRODUCT_ALONE,
): BatchStatistics | undefined {
  const { rows, K } = shapeOf(floats);
  const integers = weights.integers && rowsAsIntegers(backend, floatRows(backend, floats));
  const input: ProductRows = integers
    ? { kind: "rows", source: plainSource(integers.block.pointer), rows, K }
    : floats;
  const N = target.columns, N8 = Math.ceil(N / 8) * 8;
  // Sums of the same rows as ever, so that training repeats to the bit.
  const split = withStatistics
    ? productChunks(rows, K, N8)
    : balancedProduct(rows, K, N8, readingColumns(input));
  // Rows that would have to be computed again for each range of columns had better stay whole.
  const columns = withStatistics && (input.kind === "gathered" || isInMemory(input.source))
    ? balancedColumns(split.rows, rows, N8, K, readingColumns(input))
    : split.columns;
  const inStrips = suitsStrips(input);
  // Gathering is the cheaper the longer the blocks; rows that are there already best stay in L1.
  const most = input.kind === "rows" ? 48 : 204;
  const gathering = gatherDepth(input, K);
  const block = blockRows(gathering + split.columns.perChunk, split.rows.perChunk, most);
  const depth = inStrips ? Math.ceil(Math.max(K, stripFloats(input) / block)) : gathering;
  const statistics = withStatistics
    ? allocateStatistics(backend, rows, split.rows.perChunk, N)
    : undefined;
  const pixels = target.pixels ?? everyPixel(input);
  backend.pool.run(Kernel.conv2d, split.rows.chunks * columns.chunks, block * (depth + N8), {
    source: rowSource(input, columns.chunks),
    gather: gatherOf(backend, input),
    reading: input.kind === "rows"
      ? RowReading.pointwise
      : inStrips
      ? RowReading.strips
      : RowReading.gathered,
    packed: weights.block.pointer,
    out: target.block.pointer,
    rows,
    K,
    N,
    runs: runCount(input),
    gatherDepth: depth,
    outHeight: pixels.height,
    outWidth: pixels.width,
    outStepHeight: pixels.stepHeight,
    outStepWidth: pixels.stepWidth,
    outOffsetHeight: pixels.offsetHeight,
    outOffsetWidth: pixels.offsetWidth,
    statistics: statistics?.partials.pointer ?? 0,
    rowsPerChunk: split.rows.perChunk,
    columnsPerChunk: columns.perChunk,
    blockRows: block,
    wide: weights.wide,
    units: integers?.units ?? 0,
    epilogue,
  });
  if (integers) backend.heap.release(integers.block);
  return statistics;
}

function floatRows(backend: WasmBackend, input: ProductRows): FloatRows {
  const { rows, K } = shapeOf(input);
  return {
    source: rowSource(input, 1),
    gather: gatherOf(backend, input),
    runs: input.kind === "rows" ? 0 : runCount(input),
    rows,
    K,
  };
}

/** A product's rows, for whoever multiplies them later. */
export function productSource(input: ProductRows, columns: number): SourceRecord {
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
  const pieces = split.rows.chunks * split.parts.chunks, readers = split.parts.chunks;
  // Where each piece has all of the gradient's columns computed for itself, once is enough.
  const columnSplit = readers > 1 || pieces === 1
    ? balancedColumns(
      cut(pieces, pieces, 1),
      pieces,
      N8,
      split.rows.perChunk * K / split.parts.chunks,
      readingColumns(input),
    )
    : { chunks: 1, perChunk: N8 };
  // Every block passes over the whole gradient again, hence long ones.
  const block = blockRows(K / split.parts.chunks / 2 + N8 / 2, split.rows.perChunk, 204);
  const inPlace = split.rows.chunks === 1 && N8 === columns;
  const parts = inPlace ? out.block : heap.allocate(split.rows.chunks * K * N8);
  const scratch = block * (K + columns + 32) + 64;
  pool.run(Kernel.conv2dFilterGradient, pieces * columnSplit.chunks, scratch, {
    x: rowSource(input, readers * columnSplit.chunks),
    dy: (readers * columnSplit.chunks > 1 ? computedSource : sourceOf)(gradient),
    gather: gatherOf(backend, input),
    pointwise: byChannels ? 1 : 0,
    out: parts.pointer,
    rows,
    K,
    N: columns,
    runs,
    runsPerChunk: byChannels ? 1 : split.parts.perChunk,
    channelsPerChunk: byChannels ? split.parts.perChunk : K,
    columnsPerChunk: columnSplit.perChunk,
    rowsPerChunk: split.rows.perChunk,
    blockRows: block,
    wide,
  });
  if (inPlace) return;
  sumParts(backend, parts, split.rows.chunks, K, N8, columns, out);
  heap.release(parts);
}

/** Some microseconds' worth. */
const SUMMANDS_PER_CHUNK = 16384;

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
  const rowsPerChunk = Math.max(1, Math.ceil(SUMMANDS_PER_CHUNK / (count * pitch)));
  pool.run(Kernel.sumParts, Math.ceil(rows / rowsPerChunk), 0, {
    parts: parts.pointer,
    out: out.pointer,
    count,
    rows,
    pitch,
    columns,
    rowsPerChunk,
  });
}

function isInMemory(source: TensorData | SourceRecord): boolean {
  return source instanceof TensorData ? !source.lazy : source.kind === SourceKind.plain;
}

/** Where several chunks read the same rows, a lazy tensor is computed once for all of them. */
function rowSource({ kind, source }: ProductRows, readers: number): SourceRecord {
  if (!(source instanceof TensorData)) return source;
  const isLazyHere = kind === "rows" && readers === 1;
  return (isLazyHere ? sourceOf : computedSource)(source);
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

/** Whether neighbouring outputs see overlapping runs that all begin in the same column. */
export function suitsStrips(input: ProductRows): input is GatheredRows {
  // Beyond, gathering would add up in another order.
  if (input.kind === "rows" || shapeOf(input).K > K_BLOCK) return false;
  const { runs, strideWidth } = input.grid;
  return runs.length > 0 &&
    runs.every(({ dx, indices }) =>
      dx === runs[0].dx && indices.length === runs[0].indices.length && indices.length > strideWidth
    );
}

/** What a kernel needs to read rows from strips by itself; undefined where the taps do not suit that. */
export function stripsOf(
  backend: WasmBackend,
  input: ProductRows,
): (Strips & { K: number }) | undefined {
  if (!suitsStrips(input)) return undefined;
  const { runs, strideHeight } = input.grid;
  const areBelow = runs.every(({ dy }, i) => dy === runs[0].dy + i) && strideHeight <= runs.length;
  if (!areBelow) return undefined;
  const K = runs[0].indices.length * input.channels;
  return { gather: gatherOf(backend, input), runs: runs.length, K };
}

/** Of the source rows that a row of outputs sees. */
function stripFloats({ grid, channels }: GatheredRows): number {
  const columns = (grid.width - 1) * grid.strideWidth + grid.runs[0].indices.length;
  return grid.runs.length * columns * channels;
}

/** What reading the rows once more costs, in columns of the product. */
function readingColumns(input: ProductRows): number {
  if (input.kind === "rows") return COPYING_COLUMNS;
  const { grid, channels } = input;
  const shortest = Math.min(...grid.runs.map((run) => run.indices.length * channels));
  return shortest < LONG_RUN ? GATHERING_COLUMNS : COPYING_COLUMNS;
}

const GATHER_DEPTH = 512;
const GATHERING_COLUMNS = 24;
/** Of long runs; measured for [4,7,7,512] by 3×3 in ranges of 32 and of 128 columns. */
const COPYING_COLUMNS = 4;
const LONG_RUN = 256;

function gatherOf({ heap }: WasmBackend, input: ProductRows): GatherRecord {
  if (input.kind === "rows") {
    return {
      source: 0,
      sourceHeight: 1,
      sourceWidth: input.rows,
      channels: input.K,
      gridHeight: 1,
      gridWidth: input.rows,
      strideHeight: 1,
      strideWidth: 1,
      runs: 0,
    };
  }
  const { source, height, width, channels, grid } = input;
  const words: number[] = [];
  grid.runs.forEach(({ dy, dx, indices }, i) =>
    writeTapRun({ words }, i * TAP_RUN_WORDS, { dy, dx, taps: indices.length })
  );
  return {
    source: source instanceof TensorData ? source.pointer : source.values,
    sourceHeight: height,
    sourceWidth: width,
    channels,
    gridHeight: grid.height,
    gridWidth: grid.width,
    strideHeight: grid.strideHeight,
    strideWidth: grid.strideWidth,
    runs: heap.table(words),
  };
}

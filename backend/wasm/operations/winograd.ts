/** Runs kernels/winograd.ts for 3×3 convolutions with stride 1, all three passes. */
import { type ConvInfo, sizesOf } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import {
  type ArgumentsOf,
  Kernel,
  WINOGRAD_POSITIONS as POSITIONS,
  WINOGRAD_TEMPORARY_BYTES,
} from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import { evenly, MOST_CHUNKS } from "../partition.ts";
import type { BatchStatistics, TensorData } from "../tensor_data.ts";
import { type ConvolutionPlan, type Ending, PRODUCT_ALONE } from "./deferred_convolution.ts";
import { keepPacked, type PackedWeights } from "./pack.ts";
import { allocateBandStatistics } from "./statistics.ts";

const TEMPORARY_FLOATS = WINOGRAD_TEMPORARY_BYTES / 4;

/**
 * Whether Winograd's algorithm is faster than the direct product: with few tiles, transforming the
 * filter costs more than it saves (measured: 7×7 pixels of 512 channels, batch 4, are even).
 */
export function suitsWinograd(info: ConvInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } =
    info;
  return filterHeight === 3 && filterWidth === 3 &&
    strideHeight * strideWidth * dilationHeight * dilationWidth === 1 &&
    info.inChannels % 8 === 0 && info.outChannels % 8 === 0 &&
    Math.min(info.inChannels, info.outChannels) >= 16 && tileCount(info) >= 24;
}

/** The convolution of x with a transformed filter. */
export function planWinograd(
  backend: WasmBackend,
  x: TensorData,
  weights: PackedWeights,
  info: ConvInfo,
): ConvolutionPlan {
  const { block } = x;
  const geometry = {
    batch: info.batchSize,
    ...sizesOf(info),
    outChannels: info.outChannels,
  };
  return {
    info,
    reads: [block, weights.block],
    run: (out, ending) => convolve(backend, block, weights, out, geometry, ending),
  };
}

/** The input's gradient: a convolution of dy with the turned and transposed filter. */
export function winogradInputGradient(
  backend: WasmBackend,
  dy: TensorData,
  filter: TensorData,
  info: ConvInfo,
  out: Block,
): void {
  const weights = transformFilter(backend, filter, info, true);
  const geometry = {
    batch: info.batchSize,
    height: info.outHeight,
    width: info.outWidth,
    channels: info.outChannels,
    outHeight: info.inHeight,
    outWidth: info.inWidth,
    outChannels: info.inChannels,
    padTop: 2 - info.padInfo.top,
    padLeft: 2 - info.padInfo.left,
  };
  convolve(backend, dy.block, weights, out, geometry);
  backend.heap.release(weights.block);
}

export function winogradFilterGradient(
  { heap, pool, wide }: WasmBackend,
  x: TensorData,
  dy: TensorData,
  info: ConvInfo,
  out: Block,
): void {
  const C = info.inChannels, N = info.outChannels, tiles = tileCount(info);
  const inputPitch = C + 16;
  const blockTiles = Math.max(16, Math.min(128, Math.floor(65536 / C)));
  const perRound = tilesPerRound(tiles, blockTiles, inputPitch + N);
  // The last round takes what is left over.
  const rounds = Math.floor(tiles / perRound), most = tiles - (rounds - 1) * perRound;
  const inputPlane = planeFloats(most * inputPitch), gradientPlane = planeFloats(most * N);
  const productPlane = planeFloats(C * N);
  const inputs = heap.allocate(POSITIONS * inputPlane);
  const gradients = heap.allocate(POSITIONS * gradientPlane);
  const products = heap.allocate(POSITIONS * productPlane);
  const tileScratch = TEMPORARY_FLOATS + POSITIONS * Math.max(C, N);
  for (let round = 0; round < rounds; round++) {
    const firstTile = round * perRound, count = round === rounds - 1 ? most : perRound;
    const split = evenly(count, MOST_CHUNKS, 1);
    pool.run(Kernel.winogradTransform, split.chunks, tileScratch, {
      source: x.pointer,
      gradient: dy.pointer,
      inputs: inputs.pointer,
      inputPlane,
      gradients: gradients.pointer,
      gradientPlane,
      inputPitch,
      firstTile,
      tiles: count,
      tilesPerChunk: split.perChunk,
      ...sizesOf(info),
      outChannels: N,
    });
    const parts = evenly(C, count * C * N / (1 << 22), 24);
    pool.run(Kernel.winogradPosition, POSITIONS * parts.chunks, blockTiles * 16, {
      inputs: inputs.pointer,
      inputPlane,
      gradients: gradients.pointer,
      gradientPlane,
      inputPitch,
      products: products.pointer,
      productPlane,
      tiles: count,
      channels: C,
      outChannels: N,
      blockTiles,
      channelsPerChunk: parts.perChunk,
      adds: round > 0 ? 1 : 0,
      wide,
    });
  }
  pool.run(Kernel.winogradFilterGradient, C, TEMPORARY_FLOATS, {
    filter: out.pointer,
    transformed: products.pointer,
    plane: productPlane,
    channels: C,
    outChannels: N,
    wide,
  });
  for (const block of [inputs, gradients, products]) heap.release(block);
}

/**
 * From a position's matrix to the next one's: an odd number of cache lines, as a tile is written to, or
 * read from, all 36 of them at once. Powers of two would put these into few sets of the cache.
 */
function planeFloats(floats: number): number {
  return 16 * (Math.ceil(floats / 16) | 1);
}

/** What the transformed tiles of a round may take, of a cache that cores share. */
const ROUND_FLOATS = 3 << 19;

/**
 * Tiles that are transformed and multiplied before the next ones are, in the same memory: whole blocks
 * of those that are summed at once, so that the order of sums stays.
 */
function tilesPerRound(tiles: number, blockTiles: number, floatsPerPosition: number): number {
  const rounds = Math.round(POSITIONS * tiles * floatsPerPosition / ROUND_FLOATS);
  const blocks = Math.floor(tiles / blockTiles);
  if (rounds < 2 || blocks < 2) return tiles;
  return blockTiles * Math.max(1, Math.floor(blocks / rounds));
}

interface Geometry extends
  Omit<
    ArgumentsOf<typeof Kernel.winogradTransform>,
    | "source"
    | "gradient"
    | "inputs"
    | "inputPlane"
    | "gradients"
    | "gradientPlane"
    | "inputPitch"
    | "firstTile"
    | "tiles"
    | "tilesPerChunk"
  > {
  batch: number;
}

/**
 * Small filters: all steps on some rows of tiles at a time, which stay in cache. Large filters: step
 * by step on all tiles, so that the filter is read only once.
 */
function convolve(
  backend: WasmBackend,
  source: Block,
  weights: PackedWeights,
  out: Block,
  geometry: Geometry,
  ending: Ending = PRODUCT_ALONE,
): BatchStatistics | undefined {
  const filterFloats = POSITIONS * geometry.channels * geometry.outChannels;
  const run = filterFloats > CACHE_FLOATS ? convolveByPosition : convolveByTile;
  return run(backend, source, weights, out, geometry, ending);
}

function convolveByPosition(
  backend: WasmBackend,
  source: Block,
  weights: PackedWeights,
  out: Block,
  geometry: Geometry,
  { withStatistics, epilogue }: Ending,
): BatchStatistics | undefined {
  const { heap, pool } = backend;
  const { batch, ...transformed } = geometry;
  const { channels: C, outHeight, outWidth, outChannels: N } = geometry;
  const bands = Math.ceil(outHeight / 4), tiles = batch * bands * Math.ceil(outWidth / 4);
  const inputs = heap.allocate(POSITIONS * tiles * C);
  const products = heap.allocate(POSITIONS * tiles * N);
  const tileScratch = TEMPORARY_FLOATS + POSITIONS * Math.max(C, N);
  pool.run(Kernel.winogradTransform, batch * bands, tileScratch, {
    source: source.pointer,
    gradient: 0,
    inputs: inputs.pointer,
    inputPlane: tiles * C,
    gradients: 0,
    gradientPlane: 0,
    inputPitch: C,
    firstTile: 0,
    tiles,
    tilesPerChunk: Math.ceil(outWidth / 4),
    ...transformed,
  });
  const columns = evenly(N, tiles * C * N / (1 << 22), 64);
  pool.run(Kernel.winogradProduct, POSITIONS * columns.chunks, 0, {
    inputs: inputs.pointer,
    inputPitch: C,
    packed: weights.block.pointer,
    products: products.pointer,
    tiles,
    channels: C,
    outChannels: N,
    columns: columns.perChunk,
    wide: weights.wide,
  });
  heap.release(inputs);
  const statistics = withStatistics
    ? allocateBandStatistics(backend, batch, outHeight, outWidth, 4, N)
    : undefined;
  pool.run(Kernel.winogradOutput, batch * bands, tileScratch, {
    products: products.pointer,
    out: out.pointer,
    batch,
    outHeight,
    outWidth,
    outChannels: N,
    statistics: statistics?.partials.pointer ?? 0,
    epilogue,
  });
  heap.release(products);
  return statistics;
}

function convolveByTile(
  backend: WasmBackend,
  source: Block,
  weights: PackedWeights,
  out: Block,
  { batch, ...geometry }: Geometry,
  { withStatistics, epilogue }: Ending,
): BatchStatistics | undefined {
  const { channels: C, outChannels: N, outHeight, outWidth } = geometry;
  const tilesDown = Math.ceil(outHeight / 4), tilesAcross = Math.ceil(outWidth / 4);
  // About as many tiles at once as fit the cache with their products, in whole rows.
  const fittingTiles = CACHE_FLOATS / (POSITIONS * (C + N));
  const tileRows = evenly(tilesDown, tilesDown * tilesAcross / fittingTiles, 1).perChunk;
  const bands = Math.ceil(tilesDown / tileRows);
  const columns = evenly(N, 8 / (batch * bands), 64);
  const statistics = withStatistics
    ? allocateBandStatistics(backend, batch, outHeight, outWidth, 4 * tileRows, N)
    : undefined;
  const tiles = tileRows * tilesAcross;
  const scratch = TEMPORARY_FLOATS + POSITIONS * (Math.max(C, N) + tiles * (C + N));
  backend.pool.run(Kernel.winograd, batch * bands * columns.chunks, scratch, {
    source: source.pointer,
    packed: weights.block.pointer,
    out: out.pointer,
    ...geometry,
    tileRows,
    columns: columns.perChunk,
    statistics: statistics?.partials.pointer ?? 0,
    wide: weights.wide,
    epilogue,
  });
  return statistics;
}

const CACHE_FLOATS = 192 * 1024;

/** The filter in the transformed domain. The caller releases the block. */
export function transformFilter(
  backend: WasmBackend,
  filter: TensorData,
  info: ConvInfo,
  transposed: boolean,
): PackedWeights {
  const C = info.inChannels, N = info.outChannels;
  const key = `winograd ${transposed ? "transposed" : "plain"}`;
  return keepPacked(backend, filter, key, () => {
    const packed = backend.heap.allocate(POSITIONS * C * N);
    const kernel = transposed ? Kernel.winogradTransposedFilter : Kernel.winogradFilter;
    const scratch = TEMPORARY_FLOATS + (transposed ? 8 * POSITIONS * 8 : 0);
    backend.pool.run(kernel, transposed ? N / 8 : C, scratch, {
      filter: filter.pointer,
      transformed: packed.pointer,
      channels: C,
      outChannels: N,
      wide: backend.wide,
    });
    return { block: packed, wide: backend.wide };
  });
}

function tileCount(info: ConvInfo): number {
  return info.batchSize * Math.ceil(info.outHeight / 4) * Math.ceil(info.outWidth / 4);
}

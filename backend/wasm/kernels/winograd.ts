/**
 * 3×3 convolutions with stride 1 by Winograd's F(4×4, 3×3): a quarter of the multiplications. Input
 * tiles of 6×6 pixels overlap by two and give output tiles of 4×4; in the transformed domain a
 * convolution is 36 matrix products, one a position of the tile. Channels are multiples of 8.
 */
import { KERNEL_ARGUMENTS, scratch } from "./control";
import { copy } from "./gather";
import { multiply, multiplyTransposed, panelWidth } from "./gemm";
import { transpose4 } from "./pack";
import { fillZero, floats } from "./simd";
import { addStatistics, startStatistics } from "./statistics";
import {
  transformFilter, transformFilterGradient, transformInput, transformOutput,
  transformOutputGradient,
} from "./winograd_transforms";

/** Positions of a transformed tile. */
const POSITIONS: i32 = 36;
/** Bytes that a transform needs for its first pass. */
const TEMPORARY: usize = 2048;

@unmanaged
class WinogradArguments {
  source: usize;
  /** The filter in the transformed domain: 36 packed matrices. */
  packed: usize;
  out: usize;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  padTop: i32;
  padLeft: i32;
  /** Rows of tiles a chunk. */
  tileRows: i32;
  /** Output channels a chunk, a multiple of 16, or all. */
  columns: i32;
  statistics: usize;
  wide: i32;
}

/** One chunk is some rows of tiles of one image, and a range of output channels. */
export function winogradChunk(chunk: i32, thread: i32): void {
  const args = changetype<WinogradArguments>(KERNEL_ARGUMENTS);
  const C = args.channels, N = args.outChannels, pixel = floats(N);
  const tilesDown = (args.outHeight + 3) / 4, tilesAcross = (args.outWidth + 3) / 4;
  const columnChunks = (N + args.columns - 1) / args.columns;
  const bands = (tilesDown + args.tileRows - 1) / args.tileRows;
  const rowChunk = chunk / columnChunks;
  const n0 = chunk % columnChunks * args.columns, n1 = min(N, n0 + args.columns), columns = n1 - n0;
  const image = rowChunk / bands;
  const ty0 = rowChunk % bands * args.tileRows, ty1 = min(tilesDown, ty0 + args.tileRows);
  const tiles = (ty1 - ty0) * tilesAcross;

  const temporary = scratch(thread);
  const tile = temporary + TEMPORARY;
  const inputs = tile + floats(POSITIONS * max(C, N));
  const products = inputs + floats(POSITIONS * tiles * C);
  const source = args.source + <usize>(image * args.height * args.width) * floats(C);

  let t = 0;
  for (let ty = ty0; ty < ty1; ty++) {
    for (let tx = 0; tx < tilesAcross; tx++) {
      transformTile(
        source, args.height, args.width, C, ty * 4 - args.padTop, tx * 4 - args.padLeft, 6,
        inputs + <usize>t * floats(C), floats(tiles * C), tile, temporary,
      );
      t++;
    }
  }
  for (let i = 0; i < POSITIONS; i++) {
    multiply(
      inputs + floats(i * tiles * C), floats(C), args.packed + floats(i * C * N),
      products + floats(i * tiles * columns), floats(columns),
      tiles, C, n0, n1, args.wide,
    );
  }
  const out = args.out + <usize>(image * args.outHeight * args.outWidth) * pixel + floats(n0);
  t = 0;
  for (let ty = ty0; ty < ty1; ty++) {
    for (let tx = 0; tx < tilesAcross; tx++) {
      writeTile(
        products + <usize>t * floats(columns), floats(tiles * columns), columns,
        out + <usize>(ty * 4 * args.outWidth + tx * 4) * pixel, pixel, floats(args.outWidth * N),
        min(4, args.outHeight - ty * 4), min(4, args.outWidth - tx * 4), tile, temporary,
      );
      t++;
    }
  }
  if (args.statistics) {
    const y0 = ty0 * 4, rows = (min(args.outHeight, ty1 * 4) - y0) * args.outWidth;
    const first = out + <usize>(y0 * args.outWidth) * pixel;
    const partial = args.statistics + floats(rowChunk * 3 * N + n0);
    copy(first, partial, columns);
    fillZero(partial + pixel, columns);
    fillZero(partial + 2 * pixel, columns);
    addStatistics(first, pixel, rows, columns, partial, N);
  }
}

/**
 * Transforms the tile of size×size pixels at (y, x), zero where it leaves the image. Position i goes
 * to `to` + i·plane.
 */
function transformTile(
  source: usize, height: i32, width: i32, channels: i32, y: i32, x: i32, size: i32,
  to: usize, plane: usize, tile: usize, temporary: usize,
): void {
  const pixel = floats(channels);
  let from = source + <usize>(y * width + x) * pixel, row = <usize>width * pixel;
  if (y < 0 || x < 0 || y + size > height || x + size > width) {
    copyTile(source, height, width, channels, y, x, size, tile);
    from = tile;
    row = <usize>size * pixel;
  }
  for (let c = 0; c < channels; c += 8) {
    const o = floats(c);
    if (size == 6) {
      transformInput(from + o, row, pixel, to + o, 6 * plane, plane, temporary);
    } else {
      transformOutputGradient(from + o, row, pixel, to + o, 6 * plane, plane, temporary);
    }
  }
}

function copyTile(
  source: usize, height: i32, width: i32, channels: i32, y: i32, x: i32, size: i32, tile: usize,
): void {
  const pixel = floats(channels);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const inside = y + i >= 0 && y + i < height && x + j >= 0 && x + j < width;
      if (inside) copy(source + <usize>((y + i) * width + x + j) * pixel, tile, channels);
      else fillZero(tile, channels);
      tile += pixel;
    }
  }
}

/** Transforms products back to a tile of the output, of which rows×columns pixels exist. */
function writeTile(
  products: usize, plane: usize, channels: i32, to: usize, pixel: usize, rowPitch: usize,
  rows: i32, columns: i32, tile: usize, temporary: usize,
): void {
  const whole = rows == 4 && columns == 4;
  const inner = whole ? pixel : floats(channels);
  const target = whole ? to : tile, targetRow = whole ? rowPitch : 4 * inner;
  for (let c = 0; c < channels; c += 8) {
    const o = floats(c);
    transformOutput(products + o, 6 * plane, plane, target + o, targetRow, inner, temporary);
  }
  if (whole) return;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      copy(
        tile + <usize>(4 * i + j) * inner, to + <usize>i * rowPitch + <usize>j * pixel, channels,
      );
    }
  }
}

@unmanaged
class FilterArguments {
  /** [3][3][channels][outChannels] */
  filter: usize;
  /** 36 packed matrices, or (for the gradient) the products of all positions. */
  transformed: usize;
  channels: i32;
  outChannels: i32;
  wide: i32;
}

/** Filter to packed matrices [channels][outChannels]. One chunk is an input channel. */
export function winogradFilterChunk(chunk: i32, thread: i32): void {
  const args = changetype<FilterArguments>(KERNEL_ARGUMENTS);
  const C = args.channels, N = args.outChannels, plane = floats(C * N);
  for (let n = 0; n < N; n += 8) {
    const panel = panelStart(n, N, args.wide), width = panelWidth(panel, N, args.wide);
    const to = args.transformed + floats(panel * C + chunk * width + (n - panel));
    const from = args.filter + floats(chunk * N + n);
    transformFilter(from, 3 * plane, plane, to, 6 * plane, plane, scratch(thread));
  }
}

/**
 * For the input's gradient: the filter turned by 180° and transposed, packed as matrices
 * [outChannels][channels]. One chunk is eight output channels.
 */
export function winogradTransposedFilterChunk(chunk: i32, thread: i32): void {
  const args = changetype<FilterArguments>(KERNEL_ARGUMENTS);
  const C = args.channels, N = args.outChannels, plane = floats(C * N);
  const temporary = scratch(thread), blocks = temporary + TEMPORARY;
  const n = chunk * 8;
  for (let c = 0; c < C; c += 8) {
    // Eight channels of all positions, [channel][position][8 output channels] …
    for (let i = 0; i < 8; i++) {
      const last = args.filter + 8 * plane + floats((c + i) * N + n);
      const to = blocks + <usize>(i * POSITIONS) * 32;
      transformFilter(last, -3 * plane, -plane, to, 6 * 32, 32, temporary);
    }
    // … and of each position the transposed block.
    const panel = panelStart(c, C, args.wide), width = panelWidth(panel, C, args.wide);
    let to = args.transformed + floats(panel * N + n * width + (c - panel));
    for (let position = 0; position < POSITIONS; position++) {
      const from = blocks + <usize>position * 32, step = floats(width);
      transpose4(from, POSITIONS * 32, to, step);
      transpose4(from + 16, POSITIONS * 32, to + 4 * step, step);
      transpose4(from + 4 * POSITIONS * 32, POSITIONS * 32, to + 16, step);
      transpose4(from + 4 * POSITIONS * 32 + 16, POSITIONS * 32, to + 4 * step + 16, step);
      to += plane;
    }
  }
}

function panelStart(n: i32, N: i32, wide: i32): i32 {
  const start = n & ~15;
  return wide && start + 16 <= N ? start : n & ~7;
}

@unmanaged
class TransformArguments {
  source: usize;
  /** The output's gradient, or 0. */
  gradient: usize;
  /** [36][tiles][inputPitch] */
  inputs: usize;
  /** [36][tiles][outChannels] */
  gradients: usize;
  /** Floats: channels and a gap, so that a column does not fall into few sets of the cache. */
  inputPitch: i32;
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  padTop: i32;
  padLeft: i32;
}

/** Inputs, and for the filter's gradient output gradients, transformed. One chunk: a row of tiles. */
export function winogradTransformChunk(chunk: i32, thread: i32): void {
  const args = changetype<TransformArguments>(KERNEL_ARGUMENTS);
  const C = args.channels, N = args.outChannels;
  const tilesDown = (args.outHeight + 3) / 4, tilesAcross = (args.outWidth + 3) / 4;
  const tiles = args.batch * tilesDown * tilesAcross;
  const temporary = scratch(thread), tile = temporary + TEMPORARY;
  const image = chunk / tilesDown, ty = chunk % tilesDown;
  const source = args.source + <usize>(image * args.height * args.width) * floats(C);
  const gradient = !args.gradient ? 0 : args.gradient + <usize>(image * args.outHeight * args.outWidth) * floats(N);
  for (let tx = 0; tx < tilesAcross; tx++) {
    const t = <usize>(chunk * tilesAcross + tx);
    transformTile(
      source, args.height, args.width, C, ty * 4 - args.padTop, tx * 4 - args.padLeft, 6,
      args.inputs + t * floats(args.inputPitch), floats(tiles * args.inputPitch), tile, temporary,
    );
    if (!gradient) continue;
    transformTile(
      gradient, args.outHeight, args.outWidth, N, ty * 4, tx * 4, 4,
      args.gradients + t * floats(N), floats(tiles * N), tile, temporary,
    );
  }
}

@unmanaged
class ProductArguments {
  /** [36][tiles][inputPitch] */
  inputs: usize;
  inputPitch: i32;
  packed: usize;
  /** [36][tiles][outChannels] */
  products: usize;
  tiles: i32;
  channels: i32;
  outChannels: i32;
  columns: i32;
  wide: i32;
}

/** Tiles that are multiplied at once, so that they stay in cache from panel to panel. */
const TILE_BLOCK: i32 = 96;

/**
 * Where the filter is large, the product of each position by itself: winogradTransformChunk, this,
 * winogradOutputChunk. The filter is then read once. One chunk: a position, a range of columns.
 */
export function winogradProductChunk(chunk: i32, _thread: i32): void {
  const args = changetype<ProductArguments>(KERNEL_ARGUMENTS);
  const C = args.channels, N = args.outChannels;
  const parts = (N + args.columns - 1) / args.columns;
  const position = chunk / parts, n0 = chunk % parts * args.columns, n1 = min(N, n0 + args.columns);
  const pitch = floats(args.inputPitch);
  for (let t = 0; t < args.tiles; t += TILE_BLOCK) {
    const row = position * args.tiles + t;
    multiply(
      args.inputs + <usize>row * pitch, pitch, args.packed + floats(position * C * N),
      args.products + floats(row * N + n0), floats(N),
      min(TILE_BLOCK, args.tiles - t), C, n0, n1, args.wide,
    );
  }
}

@unmanaged
class OutputArguments {
  products: usize;
  out: usize;
  batch: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  statistics: usize;
}

/** Products back to pixels, and their batch statistics. One chunk is a row of tiles. */
export function winogradOutputChunk(chunk: i32, thread: i32): void {
  const args = changetype<OutputArguments>(KERNEL_ARGUMENTS);
  const N = args.outChannels, pixel = floats(N);
  const tilesDown = (args.outHeight + 3) / 4, tilesAcross = (args.outWidth + 3) / 4;
  const tiles = args.batch * tilesDown * tilesAcross;
  const temporary = scratch(thread), tile = temporary + TEMPORARY;
  const image = chunk / tilesDown, y = chunk % tilesDown * 4;
  const rows = min(4, args.outHeight - y);
  const out = args.out + <usize>((image * args.outHeight + y) * args.outWidth) * pixel;
  for (let tx = 0; tx < tilesAcross; tx++) {
    writeTile(
      args.products + floats((chunk * tilesAcross + tx) * N), floats(tiles * N), N,
      out + <usize>(tx * 4) * pixel, pixel, floats(args.outWidth * N),
      rows, min(4, args.outWidth - tx * 4), tile, temporary,
    );
  }
  if (args.statistics) {
    const partial = args.statistics + floats(chunk * 3 * N);
    startStatistics(out, N, partial);
    addStatistics(out, pixel, rows * args.outWidth, N, partial, N);
  }
}

@unmanaged
class PositionArguments {
  inputs: usize;
  gradients: usize;
  inputPitch: i32;
  /** [36][channels][outChannels] */
  products: usize;
  tiles: i32;
  channels: i32;
  outChannels: i32;
  blockTiles: i32;
  /** Input channels a chunk. */
  channelsPerChunk: i32;
  wide: i32;
}

/** The filter's gradient in the transformed domain. One chunk: a position, a range of channels. */
export function winogradPositionChunk(chunk: i32, thread: i32): void {
  const args = changetype<PositionArguments>(KERNEL_ARGUMENTS);
  const C = args.channels, N = args.outChannels;
  const parts = (C + args.channelsPerChunk - 1) / args.channelsPerChunk;
  const position = chunk / parts, c0 = chunk % parts * args.channelsPerChunk;
  const c1 = min(C, c0 + args.channelsPerChunk);
  const pitch = floats(args.inputPitch);
  const inputs = args.inputs + <usize>(position * args.tiles) * pitch + floats(c0);
  const gradients = args.gradients + floats(position * args.tiles * N);
  const products = args.products + floats((position * C + c0) * N);
  for (let t = 0; t < args.tiles; t += args.blockTiles) {
    const tiles = min(args.blockTiles, args.tiles - t);
    multiplyTransposed(
      inputs + <usize>t * pitch, pitch, gradients + <usize>t * floats(N), floats(N),
      products, floats(N), tiles, c1 - c0, 0, N, N, t > 0, args.wide, scratch(thread),
    );
  }
}

/** Back to the filter's own domain. One chunk is an input channel. */
export function winogradFilterGradientChunk(chunk: i32, thread: i32): void {
  const args = changetype<FilterArguments>(KERNEL_ARGUMENTS);
  const N = args.outChannels, plane = floats(args.channels * N);
  for (let n = 0; n < N; n += 8) {
    const o = floats(chunk * N + n);
    transformFilterGradient(
      args.transformed + o, 6 * plane, plane, args.filter + o, 3 * plane, plane, scratch(thread),
    );
  }
}

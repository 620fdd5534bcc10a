/**
 * Winograd's F(4×4, 3×3) step by step on all tiles: transforms, then the product of each position by
 * itself, then back. For filters so large that they should be read only once, and for the filter's
 * gradient, which sums over all tiles.
 */
import { scratch } from "./command";
import { finishRows } from "./epilogue";
import { multiply, multiplyTransposed } from "./gemm";
import { STATISTICS_VECTORS, WINOGRAD_TEMPORARY_BYTES } from "./generated_abi";
import {
  winogradOutputArguments, winogradOutputEpilogue, winogradPositionArguments,
  winogradProductArguments, winogradTransformArguments,
} from "./generated_arguments";
import { floats } from "./simd";
import { addStatistics, startStatistics } from "./statistics";
import { transformTile, writeTile } from "./winograd_tiles";

/** Inputs, and for the filter's gradient output gradients, transformed. One chunk: some tiles. */
export function winogradTransformChunk(chunk: i32, thread: i32): void {
  const args = winogradTransformArguments();
  const C = args.channels, N = args.outChannels, tiles = args.tiles;
  const tilesDown = (args.outHeight + 3) / 4, tilesAcross = (args.outWidth + 3) / 4;
  const temporary = scratch(thread), tile = temporary + WINOGRAD_TEMPORARY_BYTES;
  const first = chunk * args.tilesPerChunk, last = min(tiles, first + args.tilesPerChunk);
  for (let t = first; t < last; t++) {
    const number = args.firstTile + t, image = number / (tilesDown * tilesAcross);
    const y = number / tilesAcross % tilesDown * 4, x = number % tilesAcross * 4;
    transformTile(
      args.source + <usize>(image * args.height * args.width) * floats(C),
      args.height, args.width, C, y - args.padTop, x - args.padLeft, 6,
      args.inputs + <usize>t * floats(args.inputPitch), floats(args.inputPlane),
      tile, temporary,
    );
    if (!args.gradient) continue;
    transformTile(
      args.gradient + <usize>(image * args.outHeight * args.outWidth) * floats(N),
      args.outHeight, args.outWidth, N, y, x, 4,
      args.gradients + <usize>t * floats(N), floats(args.gradientPlane), tile, temporary,
    );
  }
}

/** Tiles that are multiplied at once, so that they stay in cache from panel to panel. */
const TILE_BLOCK: i32 = 96;

/**
 * Between winogradTransformChunk and winogradOutputChunk. One chunk: a position, a range of columns.
 */
export function winogradProductChunk(chunk: i32, _thread: i32): void {
  const args = winogradProductArguments();
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

/** Products back to pixels, what follows them, and their batch statistics. One chunk is a row of tiles. */
export function winogradOutputChunk(chunk: i32, thread: i32): void {
  const args = winogradOutputArguments(), epilogue = winogradOutputEpilogue();
  const N = args.outChannels, pixel = floats(N);
  const tilesDown = (args.outHeight + 3) / 4, tilesAcross = (args.outWidth + 3) / 4;
  const tiles = args.batch * tilesDown * tilesAcross;
  const temporary = scratch(thread), tile = temporary + WINOGRAD_TEMPORARY_BYTES;
  const image = chunk / tilesDown, y = chunk % tilesDown * 4;
  const rows = min(4, args.outHeight - y);
  const first = (image * args.outHeight + y) * args.outWidth;
  const out = args.out + <usize>first * pixel;
  for (let tx = 0; tx < tilesAcross; tx++) {
    writeTile(
      args.products + floats((chunk * tilesAcross + tx) * N), floats(tiles * N), N,
      out + <usize>(tx * 4) * pixel, pixel, floats(args.outWidth * N),
      rows, min(4, args.outWidth - tx * 4), tile, temporary,
    );
  }
  if (epilogue.scale) {
    finishRows(epilogue, out, pixel, first, rows * args.outWidth, 0, N, N);
  }
  if (args.statistics) {
    const partial = args.statistics + floats(chunk * STATISTICS_VECTORS * N);
    startStatistics(out, N, partial);
    addStatistics(out, pixel, rows * args.outWidth, N, partial, N);
  }
}

/** The filter's gradient in the transformed domain. One chunk: a position, a range of channels. */
export function winogradPositionChunk(chunk: i32, thread: i32): void {
  const args = winogradPositionArguments();
  const C = args.channels, N = args.outChannels;
  const parts = (C + args.channelsPerChunk - 1) / args.channelsPerChunk;
  const position = chunk / parts, c0 = chunk % parts * args.channelsPerChunk;
  const c1 = min(C, c0 + args.channelsPerChunk);
  const pitch = floats(args.inputPitch);
  const inputs = args.inputs + floats(position * args.inputPlane + c0);
  const gradients = args.gradients + floats(position * args.gradientPlane);
  const products = args.products + floats(position * args.productPlane + c0 * N);
  for (let t = 0; t < args.tiles; t += args.blockTiles) {
    const tiles = min(args.blockTiles, args.tiles - t);
    multiplyTransposed(
      inputs + <usize>t * pitch, pitch, gradients + <usize>t * floats(N), floats(N),
      products, floats(N), tiles, c1 - c0, 0, N, N, t > 0 || args.adds != 0, args.wide, scratch(thread),
    );
  }
}

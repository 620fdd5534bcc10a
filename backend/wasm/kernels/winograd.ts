/**
 * 3×3 convolutions with stride 1 by Winograd's F(4×4, 3×3): a quarter of the multiplications. Input
 * tiles of 6×6 pixels overlap by two and give output tiles of 4×4; in the transformed domain a
 * convolution is 36 matrix products, one a position of the tile. Channels are multiples of 8.
 */
import { scratch } from "./command";
import { finishRows } from "./epilogue";
import { copy } from "./gather";
import { multiply } from "./gemm";
import { STATISTICS_VECTORS, WINOGRAD_POSITIONS, WINOGRAD_TEMPORARY_BYTES } from "./generated_abi";
import { winogradArguments, winogradEpilogue } from "./generated_arguments";
import { fillZero, floats } from "./simd";
import { addStatistics } from "./statistics";
import { transformTile, writeTile } from "./winograd_tiles";

/** One chunk is some rows of tiles of one image, and a range of output channels. */
export function winogradChunk(chunk: i32, thread: i32): void {
  const args = winogradArguments(), epilogue = winogradEpilogue();
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
  const tile = temporary + WINOGRAD_TEMPORARY_BYTES;
  const inputs = tile + floats(WINOGRAD_POSITIONS * max(C, N));
  const products = inputs + floats(WINOGRAD_POSITIONS * tiles * C);
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
  for (let i = 0; i < WINOGRAD_POSITIONS; i++) {
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
  const y0 = ty0 * 4, rows = (min(args.outHeight, ty1 * 4) - y0) * args.outWidth;
  const first = out + <usize>(y0 * args.outWidth) * pixel;
  if (epilogue.scale) {
    const row = (image * args.outHeight + y0) * args.outWidth;
    finishRows(epilogue, first, pixel, row, rows, n0, columns, N);
  }
  if (args.statistics) {
    const partial = args.statistics + floats(rowChunk * STATISTICS_VECTORS * N + n0);
    copy(first, partial, columns);
    fillZero(partial + pixel, columns);
    fillZero(partial + 2 * pixel, columns);
    addStatistics(first, pixel, rows, columns, partial, N);
  }
}

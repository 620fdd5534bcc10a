/**
 * A convolution as a matrix product on row blocks: gathered pixels times packed weights. It serves
 * the forward pass, and with the output's gradient as source the gradient of the input, one call
 * for each phase of the stride: the pixels (oy·step + offset, …) that see the same taps.
 *
 * 1×1 convolutions with stride 1 (`pointwise`) and products of matrices need no gathering: their
 * rows are the source's own, which may therefore be lazy. Where few channels overlap, as in stems,
 * rows are read from strips of padded source rows.
 */
import { scratch } from "./command";
import { bendRows, finishRows } from "./epilogue";
import { copy, copyStrip, gatherRows, tapRun } from "./gather";
import { multiplyPart, multiplyStrips } from "./gemm";
import { Epilogue, Gather, POINTWISE, STATISTICS_VECTORS, STRIPS } from "./generated_abi";
import {
  Conv2dArguments, conv2dArguments, conv2dEpilogue, conv2dGather, conv2dSource,
} from "./generated_arguments";
import { multiplyIntegers } from "./integer_product";
import { integers } from "./integer_rows";
import { floats } from "./simd";
import { sourceRows } from "./source";
import { addStatistics } from "./statistics";

export function conv2dChunk(chunk: i32, thread: i32): void {
  const source = conv2dSource();
  const gather = conv2dGather();
  const args = conv2dArguments();
  const epilogue = conv2dEpilogue();
  const K = args.K, N = args.N, N8 = (N + 7) & ~7, wide = args.wide;
  const columnChunks = (N8 + args.columnsPerChunk - 1) / args.columnsPerChunk;
  const rowChunk = chunk / columnChunks;
  const n0 = (chunk % columnChunks) * args.columnsPerChunk;
  const n1 = min(N8, n0 + args.columnsPerChunk);
  const columns = min(N, n1) - n0;
  const m0 = rowChunk * args.rowsPerChunk, m1 = min(args.rows, m0 + args.rowsPerChunk);

  const inPlace = N == N8 && args.outStepHeight * args.outStepWidth == 1;
  // Products that are scattered, and strips, are finished in cache, all others in registers.
  const residual = epilogue.residual ? epilogue.residual - args.out : 0;
  const inRegisters = inPlace && args.reading != STRIPS;
  const end = inRegisters && epilogue.scale ? epilogue : null;
  const gathered = scratch(thread);
  const products = gathered + floats(args.blockRows * args.gatherDepth);
  const partial = args.statistics + floats(rowChunk * STATISTICS_VECTORS * N) + floats(n0);

  for (let m = m0; m < m1; m += args.blockRows) {
    const rows = min(args.blockRows, m1 - m);
    const pitch = inPlace ? floats(N) : floats(n1 - n0);
    const c = inPlace ? args.out + <usize>m * pitch + floats(n0) : products;
    if (args.units) {
      const a = source.values + <usize>m * integers(K);
      multiplyIntegers(
        a, integers(K), args.units + floats(m), args.packed, c, pitch,
        rows, K, n0, n1, end, residual,
      );
    } else if (args.reading == POINTWISE) {
      const a = sourceRows(source, m, rows, K, gathered);
      multiplyPart(
        a, floats(K), args.packed, c, pitch, rows, K, 0, K, n0, n1, wide, end, residual,
      );
    } else if (args.reading == STRIPS) {
      multiplyRowsOfStrips(args, gather, m, rows, gathered, c, pitch, n0, n1);
    } else {
      multiplyGathered(args, gather, m, rows, gathered, c, pitch, n0, n1, end, residual);
    }
    if (epilogue.scale) {
      if (inRegisters) bendRows(epilogue, c, pitch, rows, columns);
      else finishRows(epilogue, c, pitch, m, rows, n0, columns, N);
    }
    if (!inPlace) scatterRows(args, gather, c, pitch, m, rows, n0, columns);

    if (args.statistics) {
      if (m == m0) startColumnStatistics(c, columns, partial, N);
      addStatistics(c, pitch, rows, columns, partial, N);
    }
  }
}

/**
 * Without gathering, where all runs begin in the same column: an image row's worth of outputs at a
 * time sees overlapping pieces of a few source rows, copied only to pad them.
 */
function multiplyRowsOfStrips(
  args: Conv2dArguments, gather: Gather, first: i32, rows: i32,
  strips: usize, c: usize, pitch: usize, n0: i32, n1: i32,
): void {
  const channels = gather.channels, gridWidth = gather.gridWidth;
  const taps = tapRun(gather, 0).taps, last = first + rows;
  for (let m = first; m < last;) {
    const x = m % gridWidth, y = m / gridWidth % gather.gridHeight;
    const image = m / (gridWidth * gather.gridHeight);
    const count = min(gridWidth - x, last - m);
    const columns = (count - 1) * gather.strideWidth + taps, stripPitch = floats(columns * channels);
    for (let i = 0; i < args.runs; i++) {
      copyStrip(gather, tapRun(gather, i), image, y, x, columns, strips + <usize>i * stripPitch);
    }
    multiplyStrips(
      strips, floats(gather.strideWidth * channels), stripPitch, args.runs,
      args.packed, c, pitch, count, taps * channels, n0, n1, args.wide,
    );
    m += count;
    c += <usize>count * pitch;
  }
}

/** Gathers and multiplies some runs of taps at a time, so that what is gathered stays in cache. */
function multiplyGathered(
  args: Conv2dArguments, gather: Gather, first: i32, rows: i32,
  gathered: usize, c: usize, pitch: usize, n0: i32, n1: i32,
  epilogue: Epilogue | null, residual: usize,
): void {
  let run = 0, k0 = 0;
  do {
    let end = run, depth = 0;
    while (end < args.runs) {
      const floatsOfRun = tapRun(gather, end).taps * gather.channels;
      if (end > run && depth + floatsOfRun > args.gatherDepth) break;
      depth += floatsOfRun;
      end++;
    }
    gatherRows(gather, first, rows, run, end, gathered, 0);
    multiplyPart(
      gathered, floats(depth), args.packed, c, pitch,
      rows, args.K, k0, k0 + depth, n0, n1, args.wide, epilogue, residual,
    );
    run = end;
    k0 += depth;
  } while (run < args.runs);
}

function startColumnStatistics(firstRow: usize, columns: i32, partial: usize, all: i32): void {
  copy(firstRow, partial, columns);
  memory.fill(partial + floats(all), 0, floats(columns));
  memory.fill(partial + floats(2 * all), 0, floats(columns));
}

/** Copies product rows to their pixels of the output. */
function scatterRows(
  args: Conv2dArguments, gather: Gather, from: usize, pitch: usize,
  first: i32, rows: i32, n0: i32, columns: i32,
): void {
  const gridWidth = gather.gridWidth, gridHeight = gather.gridHeight;
  for (let r = 0; r < rows; r++) {
    const m = first + r;
    const x = m % gridWidth * args.outStepWidth + args.outOffsetWidth;
    const y = m / gridWidth % gridHeight * args.outStepHeight + args.outOffsetHeight;
    const image = m / (gridWidth * gridHeight);
    const pixel = (image * args.outHeight + y) * args.outWidth + x;
    copy(from, args.out + <usize>pixel * floats(args.N) + floats(n0), columns);
    from += pitch;
  }
}

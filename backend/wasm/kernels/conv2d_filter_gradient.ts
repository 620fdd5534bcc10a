/**
 * Gradient of a convolution's weights: gathered input rows, transposed, times rows of the output's
 * gradient. A chunk sums over its own rows into its own partial gradient and, where the filter is
 * large, computes only some of the taps and columns; sum_parts.ts adds the partial gradients.
 */
import { scratch } from "./command";
import { gatherRows, tapRun } from "./gather";
import { multiplyTransposed } from "./gemm";
import { Gather } from "./generated_abi";
import {
  conv2dFilterGradientArguments, conv2dFilterGradientDy, conv2dFilterGradientGather,
  conv2dFilterGradientX,
} from "./generated_arguments";
import { floats } from "./simd";
import { sourceRows } from "./source";

/**
 * Columns of the gathered rows are read one after the other. A pitch that is a power of two would
 * put a whole column into few sets of the cache, hence a gap behind each row.
 */
const CACHE_LINE: usize = 64;

export function conv2dFilterGradientChunk(chunk: i32, thread: i32): void {
  const source = conv2dFilterGradientX();
  const gradient = conv2dFilterGradientDy();
  const gather = conv2dFilterGradientGather();
  const args = conv2dFilterGradientArguments();
  const K = args.K, N = args.N, N8 = (N + 7) & ~7, blockRows = args.blockRows;

  const columnChunks = (N8 + args.columnsPerChunk - 1) / args.columnsPerChunk;
  const n0 = chunk % columnChunks * args.columnsPerChunk;
  const n1 = min(N8, n0 + args.columnsPerChunk);
  chunk /= columnChunks;

  // Which rows of the filter's matrix this chunk computes: [k0, k1), by taps or by channels.
  let k0 = 0, k1 = K, run0 = 0, run1 = args.runs, rowChunk = chunk;
  if (args.pointwise) {
    const parts = (K + args.channelsPerChunk - 1) / args.channelsPerChunk;
    rowChunk = chunk / parts;
    k0 = chunk % parts * args.channelsPerChunk;
    k1 = min(K, k0 + args.channelsPerChunk);
  } else {
    const parts = (args.runs + args.runsPerChunk - 1) / args.runsPerChunk;
    rowChunk = chunk / parts;
    run0 = chunk % parts * args.runsPerChunk;
    run1 = min(args.runs, run0 + args.runsPerChunk);
    k0 = tapsBefore(gather, run0) * gather.channels;
    k1 = tapsBefore(gather, run1) * gather.channels;
  }

  const m0 = rowChunk * args.rowsPerChunk, m1 = min(args.rows, m0 + args.rowsPerChunk);
  const out = args.out + floats((rowChunk * K + k0) * N8);
  const inputs = scratch(thread);
  const gradients = inputs + <usize>blockRows * (floats(args.pointwise ? K : k1 - k0) + CACHE_LINE);
  const panel = gradients + floats(blockRows * N);

  for (let m = m0; m < m1; m += blockRows) {
    const rows = min(blockRows, m1 - m);
    let a = inputs, pitch = floats(k1 - k0) + CACHE_LINE;
    if (args.pointwise) {
      pitch = floats(K);
      a = sourceRows(source, m, rows, K, inputs) + floats(k0);
    } else {
      gatherRows(gather, m, rows, run0, run1, inputs, CACHE_LINE);
    }
    const d = sourceRows(gradient, m, rows, N, gradients);
    multiplyTransposed(
      a, pitch, d, floats(N), out, floats(N8),
      rows, k1 - k0, n0, n1, N, m > m0, args.wide, panel,
    );
  }
}

function tapsBefore(gather: Gather, run: i32): i32 {
  let taps = 0;
  for (let i = 0; i < run; i++) taps += tapRun(gather, i).taps;
  return taps;
}

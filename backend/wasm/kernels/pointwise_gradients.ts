/**
 * Both gradients of a 1×1 convolution at once: each block of the output's gradient and of the input
 * is computed (they are lazy more often than not) and read from cache by both products, and the sums
 * that the batch norm before it needs are taken from the result while it is in cache too.
 */
import { addTo } from "./add_to";
import { addImageDots } from "./channel_scale";
import { scratch } from "./command";
import { multiply, multiplyTransposed } from "./gemm";
import { GRADIENT_STATISTICS_VECTORS } from "./generated_abi";
import {
  pointwiseGradientsArguments, pointwiseGradientsDy, pointwiseGradientsStatistics,
  pointwiseGradientsX,
} from "./generated_arguments";
import { fillZero, floats } from "./simd";
import { sourceRows } from "./source";
import { addRowsToGradientStatistics } from "./statistics";

export function pointwiseGradientsChunk(chunk: i32, thread: i32): void {
  const source = pointwiseGradientsX();
  const gradient = pointwiseGradientsDy();
  const args = pointwiseGradientsArguments();
  const statistics = pointwiseGradientsStatistics();
  const C = args.channels, N = args.outChannels, N8 = (N + 7) & ~7, wide = args.wide;
  const m0 = chunk * args.rowsPerChunk, m1 = min(args.rows, m0 + args.rowsPerChunk);
  const part = args.parts + floats(chunk * C * N8);
  const inputs = scratch(thread);
  const gradients = inputs + floats(args.blockRows * C);
  const panel = gradients + floats(args.blockRows * N);

  if (statistics.partials) {
    fillZero(
      statistics.partials + floats(chunk * GRADIENT_STATISTICS_VECTORS * C),
      GRADIENT_STATISTICS_VECTORS * C,
    );
  }
  const images = args.imagesPerChunk, image0 = args.dots ? m0 / source.pixels : 0;
  const dots = args.dots + floats(chunk * images * C);
  if (args.dots) fillZero(dots, images * C);
  for (let m = m0; m < m1; m += args.blockRows) {
    const rows = min(args.blockRows, m1 - m);
    const d = sourceRows(gradient, m, rows, N, gradients);
    const x = sourceRows(source, m, rows, C, inputs);
    multiplyTransposed(
      x, floats(C), d, floats(N), part, floats(N8), rows, C, 0, N8, N, m > m0, wide, panel,
    );
    const dx = args.dx + <usize>m * floats(C);
    multiply(d, floats(N), args.packed, dx, floats(C), rows, N, 0, C, wide);
    if (args.addend) addTo(dx, args.addend + <usize>m * floats(C), rows * C);
    if (args.dots) addImageDots(source, dx, m, rows, C, dots, image0);
    if (statistics.partials) addRowsToGradientStatistics(statistics, chunk, dx, m, rows, C);
  }
}

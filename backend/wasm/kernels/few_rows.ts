/**
 * A product with few rows, which takes its weights from memory once: a panel of them is packed and
 * multiplied while it is in cache. One chunk is a range of columns.
 */
import { scratch } from "./command";
import { fewRowsArguments } from "./generated_arguments";
import { multiply, panelWidth } from "./gemm";
import { packMatrix } from "./pack";
import { floats } from "./simd";

export function fewRowsChunk(chunk: i32, thread: i32): void {
  const args = fewRowsArguments();
  const K = args.K, N = args.N, wide = args.wide, transposed = args.transposed != 0;
  const n1 = min(N, (chunk + 1) * args.columnsPerChunk);
  const pitch = floats(transposed ? K : N), panel = scratch(thread);
  for (let n = chunk * args.columnsPerChunk; n < n1;) {
    const width = panelWidth(n, n1, wide);
    const source = args.weights + floats(transposed ? n * K : n);
    packMatrix(source, pitch, K, width, transposed, wide, panel);
    multiply(args.a, floats(K), panel, args.out + floats(n), floats(N), args.rows, K, 0, width, wide);
    n += width;
  }
}

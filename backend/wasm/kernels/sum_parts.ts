/**
 * out = the sum of partial results, in their order. Parts are [rows][pitch] with only the first
 * `columns` of a row valid; out is dense. One chunk is a range of rows.
 */
import { sumPartsArguments } from "./generated_arguments";
import { floats } from "./simd";

export function sumPartsChunk(chunk: i32, _thread: i32): void {
  const args = sumPartsArguments();
  const part = floats(args.rows * args.pitch);
  const first = chunk * args.rowsPerChunk, last = min(args.rows, first + args.rowsPerChunk);
  for (let row = first; row < last; row++) {
    const from = args.parts + <usize>row * floats(args.pitch);
    const to = args.out + <usize>row * floats(args.columns);
    let c = 0;
    for (; c + 8 <= args.columns; c += 8) {
      let p = from + floats(c);
      let x0 = v128.load(p), x1 = v128.load(p, 16);
      for (let i = 1; i < args.count; i++) {
        p += part;
        x0 = f32x4.add(x0, v128.load(p)), x1 = f32x4.add(x1, v128.load(p, 16));
      }
      v128.store(to + floats(c), x0), v128.store(to + floats(c), x1, 16);
    }
    for (; c < args.columns; c++) {
      let p = from + floats(c), x = load<f32>(p);
      for (let i = 1; i < args.count; i++) {
        p += part;
        x += load<f32>(p);
      }
      store<f32>(to + floats(c), x);
    }
  }
}

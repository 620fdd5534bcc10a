/** Sums over rows, column by column: of x, or of x·y. One chunk is a range of rows. */
import { columnSumsArguments, sumRowsArguments } from "./generated_arguments";
import { floats, fma, zero } from "./simd";

export function columnSumsChunk(chunk: i32, _thread: i32): void {
  const args = columnSumsArguments();
  const columns = args.columns, pitch = floats(columns);
  const first = chunk * args.rowsPerChunk, last = min(args.rows, first + args.rowsPerChunk);
  const out = args.parts + <usize>chunk * pitch, start = <usize>first * pitch;
  let c = 0;
  for (; c + 8 <= columns; c += 8) {
    let sum0 = zero(), sum1 = zero(), p = args.x + start + floats(c);
    if (args.y) {
      let q = args.y + start + floats(c);
      for (let r = first; r < last; r++) {
        const x0 = v128.load(p), x1 = v128.load(p, 16);
        const y0 = v128.load(q), y1 = v128.load(q, 16);
        sum0 = fma(x0, y0, sum0), sum1 = fma(x1, y1, sum1);
        p += pitch, q += pitch;
      }
    } else {
      for (let r = first; r < last; r++) {
        sum0 = f32x4.add(sum0, v128.load(p)), sum1 = f32x4.add(sum1, v128.load(p, 16));
        p += pitch;
      }
    }
    v128.store(out + floats(c), sum0), v128.store(out + floats(c), sum1, 16);
  }
  for (; c < columns; c++) {
    let sum: f32 = 0, p = args.x + start + floats(c), q = args.y + start + floats(c);
    for (let r = first; r < last; r++) {
      sum += args.y ? load<f32>(p) * load<f32>(q) : load<f32>(p);
      p += pitch, q += pitch;
    }
    store<f32>(out + floats(c), sum);
  }
}

/** In double precision, row by row. */
export function sumRowsChunk(_chunk: i32, _thread: i32): void {
  const args = sumRowsArguments();
  const columns = args.columns, pitch = floats(columns);
  for (let c = 0; c < columns; c++) {
    let sum: f64 = 0, p = args.x + floats(c);
    for (let r = 0; r < args.rows; r++) {
      sum += <f64>load<f32>(p);
      p += pitch;
    }
    store<f32>(args.out + floats(c), <f32>sum);
  }
}

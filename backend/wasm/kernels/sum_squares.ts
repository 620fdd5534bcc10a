/** Sums of squares of many tensors' values. One chunk is an entry of a table: some values of one. */
import { ValuesEntry, VALUES_ENTRY_SIZE } from "./generated_abi";
import { sumSquaresArguments } from "./generated_arguments";
import { floats, fma } from "./simd";

/** Values that are summed in float32 before they join the double. */
const BLOCK: i32 = 512;

export function sumSquaresChunk(chunk: i32, _thread: i32): void {
  const args = sumSquaresArguments();
  const entry = changetype<ValuesEntry>(args.table + <usize>chunk * VALUES_ENTRY_SIZE);
  const values = entry.values, count = entry.count;
  let total: f64 = 0;
  for (let first = 0; first < count; first += BLOCK) {
    const last = min(count, first + BLOCK);
    let i = first, sum0 = f32x4.splat(0), sum1 = sum0;
    for (; i + 8 <= last; i += 8) {
      const o = floats(i);
      const x0 = v128.load(values + o), x1 = v128.load(values + o, 16);
      sum0 = fma(x0, x0, sum0), sum1 = fma(x1, x1, sum1);
    }
    const sum = f32x4.add(sum0, sum1);
    total += <f64>f32x4.extract_lane(sum, 0) + <f64>f32x4.extract_lane(sum, 1) +
      <f64>f32x4.extract_lane(sum, 2) + <f64>f32x4.extract_lane(sum, 3);
    for (; i < last; i++) {
      const x = <f64>load<f32>(values + floats(i));
      total += x * x;
    }
  }
  store<f64>(args.sums + (<usize>chunk << 3), total);
}

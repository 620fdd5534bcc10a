/**
 * Moving averages of many tensors, in place: average += share·(value - average). One chunk is an
 * entry of a table: some values of one tensor.
 */
import { AverageEntry, AVERAGE_ENTRY_SIZE } from "./generated_abi";
import { moveAveragesArguments } from "./generated_arguments";
import { floats, fma } from "./simd";

export function moveAveragesChunk(chunk: i32, _thread: i32): void {
  const args = moveAveragesArguments();
  const entry = changetype<AverageEntry>(args.table + <usize>chunk * AVERAGE_ENTRY_SIZE);
  const average = entry.average, values = entry.values, count = entry.count;
  const share = f32x4.splat(args.share);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const o = floats(i);
    const a0 = v128.load(average + o), a1 = v128.load(average + o, 16);
    const x0 = v128.load(values + o), x1 = v128.load(values + o, 16);
    const n0 = fma(share, f32x4.sub(x0, a0), a0), n1 = fma(share, f32x4.sub(x1, a1), a1);
    v128.store(average + o, n0), v128.store(average + o, n1, 16);
  }
  for (; i < count; i++) {
    const o = floats(i), a = load<f32>(average + o);
    store<f32>(average + o, a + args.share * (load<f32>(values + o) - a));
  }
}

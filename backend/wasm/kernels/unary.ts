/** Elementwise functions of one tensor. One chunk is a range of values. */
import { clampArguments } from "./generated_arguments";
import { clamp, clampScalar, floats } from "./simd";

/** out = min(max(x, 0), upper): relu and relu6. */
export function clampChunk(chunk: i32, _thread: i32): void {
  const args = clampArguments();
  const upper = f32x4.splat(args.upper);
  const first = chunk * args.countPerChunk, last = min(args.count, first + args.countPerChunk);
  let x = args.x + floats(first), out = args.out + floats(first), i = first;
  for (; i + 8 <= last; i += 8) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    v128.store(out, clamp(x0, upper)), v128.store(out, clamp(x1, upper), 16);
    x += 32, out += 32;
  }
  for (; i < last; i++) {
    store<f32>(out, clampScalar(load<f32>(x), args.upper));
    x += 4, out += 4;
  }
}

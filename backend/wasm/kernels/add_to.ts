import { floats } from "./simd";

/** to += from, of `count` values. */
export function addTo(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const x0 = v128.load(from), x1 = v128.load(from, 16);
    const y0 = v128.load(to), y1 = v128.load(to, 16);
    v128.store(to, f32x4.add(x0, y0)), v128.store(to, f32x4.add(x1, y1), 16);
    from += 32, to += 32;
  }
  for (; i < count; i++) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += floats(1), to += floats(1);
  }
}

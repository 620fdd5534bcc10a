/**
 * AdamW over all parameters at once, in place. One chunk is an entry of a table: some values of one
 * parameter.
 */
import { AdamwEntry, ADAMW_ENTRY_SIZE } from "./generated_abi";
import { adamwArguments } from "./generated_arguments";
import { floats, fma } from "./simd";

export function adamwChunk(chunk: i32, _thread: i32): void {
  const args = adamwArguments();
  const entry = changetype<AdamwEntry>(args.table + <usize>chunk * ADAMW_ENTRY_SIZE);
  const parameter = entry.parameter, gradient = entry.gradient;
  const first = entry.first, second = entry.second, count = entry.count;
  const lr = load<f32>(args.step), correctedLr = load<f32>(args.step + 4);
  const kept: f32 = 1 - lr * entry.rate * entry.decay;
  const rate: f32 = correctedLr * entry.rate;
  const share1: f32 = 1 - args.beta1, share2: f32 = 1 - args.beta2;
  const scale = load<f32>(args.gradientScale), root = load<f32>(args.step + 8), epsilon = args.epsilon;
  const k = f32x4.splat(kept), r = f32x4.splat(-rate), gs = f32x4.splat(scale);
  const s1 = f32x4.splat(share1), s2 = f32x4.splat(share2), b2 = f32x4.splat(args.beta2);
  const rc = f32x4.splat(root), e = f32x4.splat(epsilon);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const o = floats(i);
    const g = f32x4.mul(v128.load(gradient + o), gs);
    const m = v128.load(first + o);
    const moved = fma(s1, f32x4.sub(g, m), m);
    const squared = fma(f32x4.mul(s2, g), g, f32x4.mul(b2, v128.load(second + o)));
    v128.store(first + o, moved);
    v128.store(second + o, squared);
    const below = f32x4.add(f32x4.div(f32x4.sqrt(squared), rc), e);
    const p = f32x4.mul(v128.load(parameter + o), k);
    v128.store(parameter + o, fma(r, f32x4.div(moved, below), p));
  }
  for (; i < count; i++) {
    const o = floats(i);
    const g = load<f32>(gradient + o) * scale;
    let m = load<f32>(first + o);
    m += share1 * (g - m);
    const v = args.beta2 * load<f32>(second + o) + share2 * g * g;
    store<f32>(first + o, m);
    store<f32>(second + o, v);
    const below = sqrt<f32>(v) / root + epsilon;
    store<f32>(parameter + o, load<f32>(parameter + o) * kept - rate * (m / below));
  }
}

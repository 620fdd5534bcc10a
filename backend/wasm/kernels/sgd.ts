/**
 * SGD with momentum over all parameters at once, in place: buffer = momentum·buffer + gradient,
 * parameter -= lr·buffer. One chunk is an entry of a table: some values of one parameter.
 */
import { SgdEntry, SGD_ENTRY_SIZE } from "./generated_abi";
import { sgdArguments } from "./generated_arguments";
import { floats, fma } from "./simd";

export function sgdChunk(chunk: i32, _thread: i32): void {
  const args = sgdArguments();
  const entry = changetype<SgdEntry>(args.table + <usize>chunk * SGD_ENTRY_SIZE);
  const rate = load<f32>(args.lr);
  const lr = f32x4.splat(-rate), momentum = f32x4.splat(args.momentum);
  const parameter = entry.parameter, buffer = entry.buffer, gradient = entry.gradient;
  const count = entry.count;
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const o = floats(i);
    const g0 = v128.load(gradient + o), g1 = v128.load(gradient + o, 16);
    const b0 = v128.load(buffer + o), b1 = v128.load(buffer + o, 16);
    const p0 = v128.load(parameter + o), p1 = v128.load(parameter + o, 16);
    const n0 = fma(momentum, b0, g0), n1 = fma(momentum, b1, g1);
    const q0 = fma(lr, n0, p0), q1 = fma(lr, n1, p1);
    v128.store(buffer + o, n0), v128.store(buffer + o, n1, 16);
    v128.store(parameter + o, q0), v128.store(parameter + o, q1, 16);
  }
  for (; i < count; i++) {
    const o = floats(i);
    const n = args.momentum * load<f32>(buffer + o) + load<f32>(gradient + o);
    store<f32>(buffer + o, n);
    store<f32>(parameter + o, load<f32>(parameter + o) - rate * n);
  }
}

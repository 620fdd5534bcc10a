/**
 * out = a ∘ b for tensors whose broadcast collapses to [outer][middle][inner]: equal shapes, a
 * scalar, a vector of channels, one value an image and channel. A stride of 0 repeats a value.
 * One chunk is a range of the outer·middle rows.
 */
import { ADD, DIVIDE, MULTIPLY, SUBTRACT } from "./generated_abi";
import { BinaryArguments, binaryArguments } from "./generated_arguments";
import { floats } from "./simd";

export function binaryChunk(chunk: i32, _thread: i32): void {
  const args = binaryArguments();
  const operation = args.operation;
  if (operation == ADD) rows(chunk, args, ADD);
  else if (operation == SUBTRACT) rows(chunk, args, SUBTRACT);
  else if (operation == MULTIPLY) rows(chunk, args, MULTIPLY);
  else rows(chunk, args, DIVIDE);
}

// @ts-ignore: decorator
@inline
function rows(chunk: i32, args: BinaryArguments, operation: i32): void {
  const inner = args.inner, aInner = args.aInner, bInner = args.bInner;
  const first = chunk * args.rowsPerChunk, last = min(args.rows, first + args.rowsPerChunk);
  for (let row = first; row < last; row++) {
    const i = row / args.middle, j = row % args.middle;
    let a = args.a + floats(i * args.aOuter + j * args.aMiddle);
    let b = args.b + floats(i * args.bOuter + j * args.bMiddle);
    let out = args.out + <usize>row * floats(inner);
    let k = 0;
    if (aInner && bInner) {
      for (; k + 8 <= inner; k += 8) {
        const x0 = v128.load(a), x1 = v128.load(a, 16);
        const y0 = v128.load(b), y1 = v128.load(b, 16);
        const z0 = combine(x0, y0, operation), z1 = combine(x1, y1, operation);
        v128.store(out, z0), v128.store(out, z1, 16);
        a += 32, b += 32, out += 32;
      }
    } else if (aInner) {
      const y = v128.load32_splat(b);
      for (; k + 8 <= inner; k += 8) {
        const x0 = v128.load(a), x1 = v128.load(a, 16);
        const z0 = combine(x0, y, operation), z1 = combine(x1, y, operation);
        v128.store(out, z0), v128.store(out, z1, 16);
        a += 32, out += 32;
      }
    } else if (bInner) {
      const x = v128.load32_splat(a);
      for (; k + 8 <= inner; k += 8) {
        const y0 = v128.load(b), y1 = v128.load(b, 16);
        const z0 = combine(x, y0, operation), z1 = combine(x, y1, operation);
        v128.store(out, z0), v128.store(out, z1, 16);
        b += 32, out += 32;
      }
    }
    for (; k < inner; k++) {
      store<f32>(out, combineScalar(load<f32>(a), load<f32>(b), operation));
      a += floats(aInner), b += floats(bInner), out += 4;
    }
  }
}

// @ts-ignore: decorator
@inline
function combine(x: v128, y: v128, operation: i32): v128 {
  if (operation == ADD) return f32x4.add(x, y);
  if (operation == SUBTRACT) return f32x4.sub(x, y);
  if (operation == MULTIPLY) return f32x4.mul(x, y);
  return f32x4.div(x, y);
}

// @ts-ignore: decorator
@inline
function combineScalar(x: f32, y: f32, operation: i32): f32 {
  if (operation == ADD) return x + y;
  if (operation == SUBTRACT) return x - y;
  if (operation == MULTIPLY) return x * y;
  return x / y;
}

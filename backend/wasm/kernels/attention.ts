/**
 * Attention of one head at a time, some queries at a time, whose scores stay in cache: softmax(QKᵀ /
 * √depth)·V, and its gradient, for which the scores are computed anew. A chunk is a head of an image,
 * forward some of its queries.
 */
import { scratch } from "./command";
import { exponential } from "./functions";
import { multiply, multiplyTransposed } from "./gemm";
import { attentionArguments, attentionGradientArguments } from "./generated_arguments";
import { across } from "./layer_norm";
import { packMatrix } from "./pack";
import { floats, fma, zero } from "./simd";

export function attentionChunk(chunk: i32, thread: i32): void {
  const args = attentionArguments();
  const tokens = args.tokens, depth = args.depth, wide = args.wide, N8 = (tokens + 7) & ~7;
  const head = chunk / args.chunksPerHead, image = head / args.heads;
  const m0 = chunk % args.chunksPerHead * args.rowsPerChunk;
  const m1 = min(tokens, m0 + args.rowsPerChunk);
  const width = floats(args.heads * depth), pitch = 3 * width;
  const offset = floats(head % args.heads * depth);
  const q = args.qkv + <usize>(image * tokens) * pitch + offset;
  const out = args.out + <usize>(image * tokens) * width + offset;

  const keys = scratch(thread), values = keys + floats(N8 * depth);
  const scores = values + floats(tokens * depth);
  packMatrix(q + width, pitch, depth, tokens, true, wide, keys);
  packMatrix(q + 2 * width, pitch, tokens, depth, false, wide, values);
  for (let m = m0; m < m1; m += args.blockRows) {
    const rows = min(args.blockRows, m1 - m);
    multiply(
      q + <usize>m * pitch, pitch, keys, scores, floats(N8), rows, depth, 0, N8, wide,
    );
    let sums = args.sums + floats(2 * (head * tokens + m)), row = scores;
    for (let r = 0; r < rows; r++) {
      const largest = largestOf(row, tokens, N8) * args.scale;
      store<f32>(sums, largest);
      store<f32>(sums, <f32>1 / exponentials(row, N8, args.scale, largest), 4);
      row += floats(N8), sums += 8;
    }
    const y = out + <usize>m * width;
    multiply(scores, floats(N8), values, y, width, rows, tokens, 0, depth, wide);
    sums = args.sums + floats(2 * (head * tokens + m));
    for (let r = 0; r < rows; r++) {
      scaleRow(y + <usize>r * width, depth, load<f32>(sums, 4));
      sums += 8;
    }
  }
}

export function attentionGradientChunk(chunk: i32, thread: i32): void {
  const args = attentionGradientArguments();
  const tokens = args.tokens, depth = args.depth, wide = args.wide, N8 = (tokens + 7) & ~7;
  const image = chunk / args.heads, width = floats(args.heads * depth), pitch = 3 * width;
  const offset = floats(chunk % args.heads * depth), first = <usize>(image * tokens);
  const q = args.qkv + first * pitch + offset, dq = args.dqkv + first * pitch + offset;
  const y = args.y + first * width + offset, dy = args.dy + first * width + offset;

  const keys = scratch(thread), values = keys + floats(N8 * depth);
  const keyRows = values + floats(N8 * depth), shares = keyRows + floats(tokens * depth);
  const dscores = shares + floats(args.blockRows * N8);
  const panel = dscores + floats(args.blockRows * N8);
  packMatrix(q + width, pitch, depth, tokens, true, wide, keys);
  packMatrix(q + 2 * width, pitch, depth, tokens, true, wide, values);
  packMatrix(q + width, pitch, tokens, depth, false, wide, keyRows);
  for (let m = 0; m < tokens; m += args.blockRows) {
    const rows = min(args.blockRows, tokens - m), o = <usize>m * width, p = <usize>m * pitch;
    multiply(q + p, pitch, keys, shares, floats(N8), rows, depth, 0, N8, wide);
    multiply(dy + o, width, values, dscores, floats(N8), rows, depth, 0, N8, wide);
    let sums = args.sums + floats(2 * (chunk * tokens + m));
    for (let r = 0; r < rows; r++) {
      const row = floats(r * N8), at = o + <usize>r * width;
      const mean = dot(y + at, dy + at, depth);
      const largest = load<f32>(sums), share = load<f32>(sums, 4);
      differentiate(shares + row, dscores + row, N8, args.scale, largest, share, mean);
      sums += 8;
    }
    multiply(dscores, floats(N8), keyRows, dq + p, pitch, rows, tokens, 0, depth, wide);
    multiplyTransposed(
      dscores, floats(N8), q + p, pitch, dq + width, pitch,
      rows, tokens, 0, depth, depth, m > 0, wide, panel,
    );
    multiplyTransposed(
      shares, floats(N8), dy + o, width, dq + 2 * width, pitch,
      rows, tokens, 0, depth, depth, m > 0, wide, panel,
    );
  }
}

/** The largest of `count` scores; those up to `padded` become ones that no exponential sees. */
function largestOf(row: usize, count: i32, padded: i32): f32 {
  for (let i = count; i < padded; i++) store<f32>(row + floats(i), -f32.MAX_VALUE);
  let max0 = v128.load(row), max1 = v128.load(row, 16);
  for (let i = 8; i < padded; i += 8) {
    const p = row + floats(i);
    max0 = f32x4.max(max0, v128.load(p)), max1 = f32x4.max(max1, v128.load(p, 16));
  }
  const larger = f32x4.max(max0, max1);
  return max(
    max(f32x4.extract_lane(larger, 0), f32x4.extract_lane(larger, 1)),
    max(f32x4.extract_lane(larger, 2), f32x4.extract_lane(larger, 3)),
  );
}

/** exp(scale·x - largest) in place; gives their sum. */
export function exponentials(row: usize, count: i32, scale: f32, largest: f32): f32 {
  const scales = f32x4.splat(scale), largests = f32x4.splat(-largest);
  let sum0 = zero(), sum1 = zero();
  for (let i = 0; i < count; i += 8) {
    const p = row + floats(i);
    const x0 = v128.load(p), x1 = v128.load(p, 16);
    const e0 = exponential(fma(x0, scales, largests)), e1 = exponential(fma(x1, scales, largests));
    v128.store(p, e0), v128.store(p, e1, 16);
    sum0 = f32x4.add(sum0, e0), sum1 = f32x4.add(sum1, e1);
  }
  return across(sum0, sum1);
}

export function scaleRow(row: usize, count: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  for (let i = 0; i < count; i += 8) {
    const p = row + floats(i);
    const x0 = v128.load(p), x1 = v128.load(p, 16);
    const y0 = f32x4.mul(x0, scales), y1 = f32x4.mul(x1, scales);
    v128.store(p, y0), v128.store(p, y1, 16);
  }
}

/** Scores become shares; the shares' gradient that of the products before scaling. */
function differentiate(
  scores: usize, gradient: usize, count: i32, scale: f32, largest: f32, share: f32, mean: f32,
): void {
  const scales = f32x4.splat(scale), largests = f32x4.splat(-largest);
  const share4 = f32x4.splat(share), means = f32x4.splat(mean);
  for (let i = 0; i < count; i += 8) {
    const p = scores + floats(i), g = gradient + floats(i);
    const x0 = v128.load(p), x1 = v128.load(p, 16);
    const e0 = exponential(fma(x0, scales, largests)), e1 = exponential(fma(x1, scales, largests));
    const s0 = f32x4.mul(e0, share4), s1 = f32x4.mul(e1, share4);
    v128.store(p, s0), v128.store(p, s1, 16);
    const d0 = f32x4.sub(v128.load(g), means), d1 = f32x4.sub(v128.load(g, 16), means);
    const t0 = f32x4.mul(f32x4.mul(s0, d0), scales), t1 = f32x4.mul(f32x4.mul(s1, d1), scales);
    v128.store(g, t0), v128.store(g, t1, 16);
  }
}

export function dot(a: usize, b: usize, count: i32): f32 {
  let sum0 = zero(), sum1 = zero();
  for (let i = 0; i < count; i += 8) {
    const o = floats(i);
    const x0 = v128.load(a + o), x1 = v128.load(a + o, 16);
    const y0 = v128.load(b + o), y1 = v128.load(b + o, 16);
    sum0 = fma(x0, y0, sum0), sum1 = fma(x1, y1, sum1);
  }
  return across(sum0, sum1);
}

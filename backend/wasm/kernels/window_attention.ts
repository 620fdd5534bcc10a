/**
 * Attention within the windows of a map, and its gradients. A chunk is some windows of one head. The
 * tokens of a window, which may come from both sides of the map, are gathered first; then all lies in
 * cache: softmax(QKᵀ / √depth + bias)·V. The biases of a head's pairs are laid out once a chunk.
 */
import { dot, exponentials, scaleRow } from "./attention";
import { scratch } from "./command";
import { exponential } from "./functions";
import { copy } from "./gather";
import { multiply, multiplyTransposed } from "./gemm";
import {
  windowAttentionArguments,
  WindowAttentionArguments,
  windowAttentionGradientArguments,
} from "./generated_arguments";
import { packMatrix } from "./pack";
import { fillZero, floats, fma } from "./simd";

/** What a score of no token is. */
const NOTHING: f32 = -1e30;
/** What is taken from the scores between regions. */
const APART: f32 = -100;

export function windowAttentionChunk(chunk: i32, thread: i32): void {
  const args = windowAttentionArguments();
  const depth = args.depth, wide = args.wide, row = floats(depth);
  const tokens = args.side * args.side, N8 = (tokens + 7) & ~7;
  const head = chunk / args.chunksPerHead;
  const first = chunk % args.chunksPerHead * args.windowsPerChunk;
  const last = min(args.windows, first + args.windowsPerChunk);
  const width = floats(args.heads * depth), pitch = 3 * width, offset = <usize>head * row;

  const places = scratch(thread), regions = places + floats(N8), biases = regions + floats(N8);
  const q = biases + floats(tokens * N8), k = q + floats(tokens * depth);
  const v = k + floats(tokens * depth), keys = v + floats(tokens * depth);
  const values = keys + floats(N8 * depth), scores = values + floats(tokens * depth);
  layOutBiases(args.table + floats(head), args.heads, args.side, N8, biases);
  for (let window = first; window < last; window++) {
    const areApart = layOutWindow(args, window, places, regions);
    gather(args.qkv + offset, pitch, places, tokens, depth, args.scale, q);
    gather(args.qkv + width + offset, pitch, places, tokens, depth, 1, k);
    gather(args.qkv + 2 * width + offset, pitch, places, tokens, depth, 1, v);
    packMatrix(k, row, depth, tokens, true, wide, keys);
    packMatrix(v, row, tokens, depth, false, wide, values);
    multiply(q, row, keys, scores, floats(N8), tokens, depth, 0, N8, wide);
    const sums = args.sums + floats(2 * (window * args.heads + head) * tokens);
    for (let r = 0; r < tokens; r++) {
      const at = floats(r * N8), own = areApart ? regions + floats(r) : 0;
      const largest = addBiases(scores + at, biases + at, regions, own, N8);
      store<f32>(sums + floats(2 * r), largest);
      store<f32>(sums + floats(2 * r), <f32>1 / exponentials(scores + at, N8, 1, largest), 4);
    }
    // The queries are not needed any more.
    multiply(scores, floats(N8), values, q, row, tokens, tokens, 0, depth, wide);
    for (let r = 0; r < tokens; r++) {
      const y = args.out + offset + <usize>load<i32>(places + floats(r)) * width;
      copy(q + <usize>r * row, y, depth);
      scaleRow(y, depth, load<f32>(sums + floats(2 * r), 4));
    }
  }
}

export function windowAttentionGradientChunk(chunk: i32, thread: i32): void {
  const args = windowAttentionGradientArguments();
  const depth = args.depth, wide = args.wide, row = floats(depth);
  const tokens = args.side * args.side, N8 = (tokens + 7) & ~7, block = floats(tokens * depth);
  const head = chunk / args.chunksPerHead, part = chunk % args.chunksPerHead;
  const first = part * args.windowsPerChunk;
  const last = min(args.windows, first + args.windowsPerChunk);
  const width = floats(args.heads * depth), pitch = 3 * width, offset = <usize>head * row;

  const places = scratch(thread), regions = places + floats(N8), biases = regions + floats(N8);
  const dbiases = biases + floats(tokens * N8), shares = dbiases + floats(tokens * N8);
  const dscores = shares + floats(tokens * N8);
  const q = dscores + floats(tokens * N8), k = q + block, v = k + block, dy = v + block;
  const y = dy + block, keyRows = y + block, keys = keyRows + block;
  const values = keys + floats(N8 * depth), panel = values + floats(N8 * depth);
  layOutBiases(args.table + floats(head), args.heads, args.side, N8, biases);
  fillZero(dbiases, tokens * N8);
  for (let window = first; window < last; window++) {
    // Both kinds of arguments begin with what windows need.
    const areApart = layOutWindow(
      changetype<WindowAttentionArguments>(args), window, places, regions,
    );
    gather(args.qkv + offset, pitch, places, tokens, depth, args.scale, q);
    gather(args.qkv + width + offset, pitch, places, tokens, depth, 1, k);
    gather(args.qkv + 2 * width + offset, pitch, places, tokens, depth, 1, v);
    gather(args.y + offset, width, places, tokens, depth, 1, y);
    gather(args.dy + offset, width, places, tokens, depth, 1, dy);
    packMatrix(k, row, depth, tokens, true, wide, keys);
    packMatrix(v, row, depth, tokens, true, wide, values);
    packMatrix(k, row, tokens, depth, false, wide, keyRows);
    multiply(q, row, keys, shares, floats(N8), tokens, depth, 0, N8, wide);
    multiply(dy, row, values, dscores, floats(N8), tokens, depth, 0, N8, wide);
    const sums = args.sums + floats(2 * (window * args.heads + head) * tokens);
    for (let r = 0; r < tokens; r++) {
      const at = floats(r * N8), own = areApart ? regions + floats(r) : 0;
      addBiases(shares + at, biases + at, regions, own, N8);
      const largest = load<f32>(sums + floats(2 * r)), share = load<f32>(sums + floats(2 * r), 4);
      const mean = dot(y + <usize>r * row, dy + <usize>r * row, depth);
      differentiate(shares + at, dscores + at, dbiases + at, N8, largest, share, mean);
    }
    // y makes room for each of the three gradients.
    const to = args.dqkv + offset;
    multiply(dscores, floats(N8), keyRows, y, row, tokens, tokens, 0, depth, wide);
    scatter(y, places, tokens, depth, args.scale, to, pitch);
    multiplyTransposed(
      dscores, floats(N8), q, row, y, row, tokens, tokens, 0, depth, depth, false, wide, panel,
    );
    scatter(y, places, tokens, depth, 1, to + width, pitch);
    multiplyTransposed(
      shares, floats(N8), dy, row, y, row, tokens, tokens, 0, depth, depth, false, wide, panel,
    );
    scatter(y, places, tokens, depth, 1, to + 2 * width, pitch);
  }
  sumBiases(dbiases, args.dtable, part, head, args.heads, args.side, N8);
}

/** Pixels of a window's tokens, and the regions that they are in; whether these are several. */
function layOutWindow(
  args: WindowAttentionArguments, window: i32, places: usize, regions: usize,
): bool {
  const height = args.height, width = args.width, side = args.side;
  const across = width / side, inImage = height / side * across;
  const y0 = window % inImage / across * side, x0 = window % across * side;
  const image = window / inImage * height;
  for (let y = y0; y < y0 + side; y++) {
    const line = (image + (y + args.down) % height) * width;
    const above = region(y, height, side, args.down);
    for (let x = x0; x < x0 + side; x++) {
      store<i32>(places, line + (x + args.right) % width);
      const own: i32 = 3 * above + region(x, width, side, args.right);
      store<f32>(regions, <f32>own);
      places += 4, regions += 4;
    }
  }
  return args.down > 0 && y0 + side == height || args.right > 0 && x0 + side == width;
}

function region(at: i32, size: i32, side: i32, shift: i32): i32 {
  if (shift == 0 || at < size - side) return 0;
  return at < size - shift ? 1 : 2;
}

/** Of a head each query's biases, in rows of N8. */
function layOutBiases(table: usize, heads: i32, side: i32, N8: i32, biases: usize): void {
  const tokens = side * side, across = 2 * side - 1;
  for (let query = 0; query < tokens; query++) {
    for (let key = 0; key < tokens; key++) {
      const down = query / side - key / side + side - 1, right = query % side - key % side + side - 1;
      const entry = table + floats((down * across + right) * heads);
      store<f32>(biases + floats(key), load<f32>(entry));
    }
    for (let key = tokens; key < N8; key++) store<f32>(biases + floats(key), NOTHING);
    biases += floats(N8);
  }
}

/** The reverse: into one part of the tables of partial sums. */
function sumBiases(
  dbiases: usize, dtable: usize, part: i32, head: i32, heads: i32, side: i32, N8: i32,
): void {
  const tokens = side * side, across = 2 * side - 1, entries = across * across;
  const table = dtable + floats(part * entries * heads + head);
  for (let entry = 0; entry < entries; entry++) store<f32>(table + floats(entry * heads), 0);
  for (let query = 0; query < tokens; query++) {
    for (let key = 0; key < tokens; key++) {
      const down = query / side - key / side + side - 1, right = query % side - key % side + side - 1;
      const entry = table + floats((down * across + right) * heads);
      store<f32>(entry, load<f32>(entry) + load<f32>(dbiases + floats(key)));
    }
    dbiases += floats(N8);
  }
}

/** Rows of `count` values, times `scale`, from where `places` says, one behind the other. */
function gather(
  from: usize, pitch: usize, places: usize, rows: i32, count: i32, scale: f32, to: usize,
): void {
  const scales = f32x4.splat(scale);
  for (let r = 0; r < rows; r++) {
    const row = from + <usize>load<i32>(places + floats(r)) * pitch;
    for (let i = 0; i < count; i += 8) {
      const p = row + floats(i);
      const x0 = v128.load(p), x1 = v128.load(p, 16);
      const y0 = f32x4.mul(x0, scales), y1 = f32x4.mul(x1, scales);
      v128.store(to, y0), v128.store(to, y1, 16);
      to += 32;
    }
  }
}

/** The reverse. */
function scatter(
  from: usize, places: usize, rows: i32, count: i32, scale: f32, to: usize, pitch: usize,
): void {
  const scales = f32x4.splat(scale);
  for (let r = 0; r < rows; r++) {
    const row = to + <usize>load<i32>(places + floats(r)) * pitch;
    for (let i = 0; i < count; i += 8) {
      const p = row + floats(i);
      const x0 = v128.load(from), x1 = v128.load(from, 16);
      const y0 = f32x4.mul(x0, scales), y1 = f32x4.mul(x1, scales);
      v128.store(p, y0), v128.store(p, y1, 16);
      from += 32;
    }
  }
}

/** Adds to a query's scores, in place; gives the largest. `own` is where its region stands, or 0. */
function addBiases(row: usize, biases: usize, regions: usize, own: usize, count: i32): f32 {
  let max0 = f32x4.splat(NOTHING), max1 = f32x4.splat(NOTHING);
  if (own) {
    const here = v128.load32_splat(own), apart = f32x4.splat(APART);
    for (let i = 0; i < count; i += 8) {
      const o = floats(i);
      const r0 = v128.load(regions + o), r1 = v128.load(regions + o, 16);
      const n0 = f32x4.ne(r0, here), n1 = f32x4.ne(r1, here);
      const m0 = v128.and(n0, apart), m1 = v128.and(n1, apart);
      const b0 = v128.load(biases + o), b1 = v128.load(biases + o, 16);
      const c0 = f32x4.add(b0, m0), c1 = f32x4.add(b1, m1);
      const x0 = f32x4.add(v128.load(row + o), c0), x1 = f32x4.add(v128.load(row + o, 16), c1);
      v128.store(row + o, x0), v128.store(row + o, x1, 16);
      max0 = f32x4.max(max0, x0), max1 = f32x4.max(max1, x1);
    }
  } else {
    for (let i = 0; i < count; i += 8) {
      const o = floats(i);
      const b0 = v128.load(biases + o), b1 = v128.load(biases + o, 16);
      const x0 = f32x4.add(v128.load(row + o), b0), x1 = f32x4.add(v128.load(row + o, 16), b1);
      v128.store(row + o, x0), v128.store(row + o, x1, 16);
      max0 = f32x4.max(max0, x0), max1 = f32x4.max(max1, x1);
    }
  }
  const larger = f32x4.max(max0, max1);
  return max(
    max(f32x4.extract_lane(larger, 0), f32x4.extract_lane(larger, 1)),
    max(f32x4.extract_lane(larger, 2), f32x4.extract_lane(larger, 3)),
  );
}

/** Scores become shares; the shares' gradient that of the scores, which is added to the biases'. */
function differentiate(
  scores: usize, gradient: usize, dbiases: usize, count: i32, largest: f32, share: f32, mean: f32,
): void {
  const one = f32x4.splat(1), largests = f32x4.splat(-largest);
  const share4 = f32x4.splat(share), means = f32x4.splat(mean);
  for (let i = 0; i < count; i += 8) {
    const p = scores + floats(i), g = gradient + floats(i), b = dbiases + floats(i);
    const x0 = v128.load(p), x1 = v128.load(p, 16);
    const e0 = exponential(fma(x0, one, largests)), e1 = exponential(fma(x1, one, largests));
    const s0 = f32x4.mul(e0, share4), s1 = f32x4.mul(e1, share4);
    v128.store(p, s0), v128.store(p, s1, 16);
    const d0 = f32x4.sub(v128.load(g), means), d1 = f32x4.sub(v128.load(g, 16), means);
    const t0 = f32x4.mul(s0, d0), t1 = f32x4.mul(s1, d1);
    v128.store(g, t0), v128.store(g, t1, 16);
    const a0 = f32x4.add(v128.load(b), t0), a1 = f32x4.add(v128.load(b, 16), t1);
    v128.store(b, a0), v128.store(b, a1, 16);
  }
}

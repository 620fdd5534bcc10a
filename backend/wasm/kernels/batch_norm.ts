/** Batch normalisation: what is left of it besides normalize.ts and the statistics of the producers. */
import {
  GRADIENT_STATISTICS_VECTORS, LINEAR, SCALE_VECTOR, STATISTICS_VECTORS,
} from "./generated_abi";
import {
  finishGradientStatisticsArguments, finishStatisticsArguments, foldStatisticsArguments,
  gradientStatisticsArguments, materializeArguments, materializeSource, statisticsArguments,
} from "./generated_arguments";
import { floats } from "./simd";
import { normalizeAddRows } from "./normalize";
import { writeSourceRows } from "./source";
import { addGradientStatistics, addStatistics, mask, startStatistics } from "./statistics";

/** Rows that are summed at once, while they are in cache. */
const BLOCK_ROWS: i32 = 64;

/** Writes a lazy tensor to memory; with a residual: activation(scale·z + shift + residual). */
export function materializeChunk(chunk: i32, _thread: i32): void {
  const source = materializeSource(), args = materializeArguments();
  const first = chunk * args.rowsPerChunk;
  const rows = min(args.rows - first, args.rowsPerChunk);
  const offset = <usize>first * floats(args.channels);
  if (!args.residual) {
    writeSourceRows(source, first, rows, args.channels, args.out + offset);
    return;
  }
  normalizeAddRows(
    source.values + offset, args.residual + offset, args.out + offset, rows, args.channels,
    source.scaleShift, source.activation,
  );
}

/** Batch statistics of a tensor whose producer left none. */
export function statisticsChunk(chunk: i32, _thread: i32): void {
  const args = statisticsArguments();
  const channels = args.channels, pitch = floats(channels);
  const partial = args.partials + floats(chunk * STATISTICS_VECTORS * channels);
  const first = chunk * args.rowsPerChunk, last = min(args.rows, first + args.rowsPerChunk);
  startStatistics(args.z + <usize>first * pitch, channels, partial);
  for (let r = first; r < last; r += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, last - r);
    addStatistics(args.z + <usize>r * pitch, pitch, rows, channels, partial, channels);
  }
}

export function gradientStatisticsChunk(chunk: i32, _thread: i32): void {
  const args = gradientStatisticsArguments();
  const channels = args.channels, pitch = floats(channels);
  const partial = args.partials + floats(chunk * GRADIENT_STATISTICS_VECTORS * channels);
  memory.fill(partial, 0, GRADIENT_STATISTICS_VECTORS * pitch);
  const first = chunk * args.rowsPerChunk, last = min(args.rows, first + args.rowsPerChunk);
  for (let r = first; r < last; r += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, last - r), offset = <usize>r * pitch;
    let d = args.d + offset, activation = args.activation;
    if (args.masked) {
      mask(d, args.y + offset, args.masked + offset, rows * channels, activation);
      d = args.masked + offset;
      activation = LINEAR;
    }
    addGradientStatistics(
      d, args.z + offset, rows, channels, args.mean, args.scaleShift, activation, partial,
    );
  }
}

/** Joins partial statistics (Chan, Golub and LeVeque 1979) and makes of them what normalises. */
export function finishStatisticsChunk(chunk: i32, _thread: i32): void {
  const args = finishStatisticsArguments();
  const partials = args.partials, counts = args.counts, parts = args.parts;
  const channels = args.channels, momentum = args.momentum, epsilon = args.epsilon;
  const gamma = args.gamma, beta = args.beta, state = args.state;
  const runningMean = args.runningMean, runningVariance = args.runningVariance;
  const vector = floats(channels);
  let c = chunk * args.channelsPerChunk;
  const last = min(channels, c + args.channelsPerChunk);
  for (; c + 8 <= last; c += 8) {
    // Of pairs of channels; what depends on the parts alone is divided once for all eight.
    let count: f64 = 0;
    let mean0 = f64x2.splat(0), mean1 = mean0, mean2 = mean0, mean3 = mean0;
    let squares0 = mean0, squares1 = mean0, squares2 = mean0, squares3 = mean0;
    let p = partials + floats(c);
    for (let i = 0; i < parts; i++) {
      const n = <f64>load<i32>(counts + (<usize>i << 2)), total = count + n;
      const share = n / total;
      const perRow = f64x2.splat(1 / n), weight = f64x2.splat(share);
      const between = f64x2.splat(count * share);
      const q = p + vector, r = q + vector;
      const delta0 = f64x2.sub(partMean(p, q, perRow), mean0);
      const delta1 = f64x2.sub(partMean(p + 8, q + 8, perRow), mean1);
      const delta2 = f64x2.sub(partMean(p + 16, q + 16, perRow), mean2);
      const delta3 = f64x2.sub(partMean(p + 24, q + 24, perRow), mean3);
      squares0 = f64x2.add(squares0, partSquares(q, r, perRow, delta0, between));
      squares1 = f64x2.add(squares1, partSquares(q + 8, r + 8, perRow, delta1, between));
      squares2 = f64x2.add(squares2, partSquares(q + 16, r + 16, perRow, delta2, between));
      squares3 = f64x2.add(squares3, partSquares(q + 24, r + 24, perRow, delta3, between));
      mean0 = f64x2.add(mean0, f64x2.mul(delta0, weight));
      mean1 = f64x2.add(mean1, f64x2.mul(delta1, weight));
      mean2 = f64x2.add(mean2, f64x2.mul(delta2, weight));
      mean3 = f64x2.add(mean3, f64x2.mul(delta3, weight));
      count = total;
      p += STATISTICS_VECTORS * vector;
    }
    const m = momentum, e = epsilon;
    const at = floats(c), g = gamma + at, b = beta + at, rm = runningMean + at, rv = runningVariance + at;
    const to = state + at;
    finishPair(mean0, squares0, count, g, b, rm, rv, m, e, to, vector);
    finishPair(mean1, squares1, count, g + 8, b + 8, rm + 8, rv + 8, m, e, to + 8, vector);
    finishPair(mean2, squares2, count, g + 16, b + 16, rm + 16, rv + 16, m, e, to + 16, vector);
    finishPair(mean3, squares3, count, g + 24, b + 24, rm + 24, rv + 24, m, e, to + 24, vector);
  }
  for (; c < last; c++) {
    const o = floats(c);
    let count: f64 = 0, mean: f64 = 0, squares: f64 = 0;
    let p = partials + o;
    for (let i = 0; i < parts; i++) {
      const n = <f64>load<i32>(counts + (<usize>i << 2)), total = count + n;
      const sum = <f64>load<f32>(p + vector), partMean = <f64>load<f32>(p) + sum / n;
      const within = <f64>load<f32>(p + 2 * vector) - sum * sum / n;
      const delta = partMean - mean;
      squares += max<f64>(within, 0) + delta * delta * count * n / total;
      mean += delta * n / total;
      count = total;
      p += STATISTICS_VECTORS * vector;
    }
    finishChannel(
      mean, squares, count, gamma + o, beta + o, runningMean + o, runningVariance + o,
      momentum, epsilon, state + o, vector,
    );
  }
}

/** Of two channels: the origin of a part's sums, at p, plus what its rows differ from it on average. */
// @ts-ignore: decorator
@inline
function partMean(p: usize, sums: usize, perRow: v128): v128 {
  return f64x2.add(promote(p), f64x2.mul(promote(sums), perRow));
}

/** Squares within a part, and between it and the parts before it. */
// @ts-ignore: decorator
@inline
function partSquares(sums: usize, squares: usize, perRow: v128, delta: v128, between: v128): v128 {
  const sum = promote(sums);
  const within = f64x2.sub(promote(squares), f64x2.mul(f64x2.mul(sum, sum), perRow));
  const positive = f64x2.max(within, f64x2.splat(0));
  return f64x2.add(positive, f64x2.mul(f64x2.mul(delta, delta), between));
}

/** Two floats as doubles. */
// @ts-ignore: decorator
@inline
function promote(p: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(p));
}

function finishPair(
  mean: v128, squares: v128, count: f64,
  gamma: usize, beta: usize, runningMean: usize, runningVariance: usize,
  momentum: f64, epsilon: f64, state: usize, vector: usize,
): void {
  finishChannel(
    f64x2.extract_lane(mean, 0), f64x2.extract_lane(squares, 0), count,
    gamma, beta, runningMean, runningVariance, momentum, epsilon, state, vector,
  );
  finishChannel(
    f64x2.extract_lane(mean, 1), f64x2.extract_lane(squares, 1), count,
    gamma + 4, beta + 4, runningMean + 4, runningVariance + 4,
    momentum, epsilon, state + 4, vector,
  );
}

function finishChannel(
  mean: f64, squares: f64, count: f64,
  gamma: usize, beta: usize, runningMean: usize, runningVariance: usize,
  momentum: f64, epsilon: f64, state: usize, vector: usize,
): void {
  const inverse = 1 / sqrt(squares / count + epsilon);
  const scale = <f64>load<f32>(gamma) * inverse;
  store<f32>(state, <f32>mean);
  store<f32>(state + vector, <f32>inverse);
  store<f32>(state + SCALE_VECTOR * vector, <f32>scale);
  store<f32>(state + (SCALE_VECTOR + 1) * vector, <f32>(<f64>load<f32>(beta) - mean * scale));
  moveTowards(runningMean, mean, momentum);
  moveTowards(runningVariance, squares / (count - 1), momentum);
}

function moveTowards(running: usize, value: f64, momentum: f64): void {
  store<f32>(running, <f32>((1 - momentum) * <f64>load<f32>(running) + momentum * value));
}

/** What normalises by running buffers; one chunk. */
export function foldStatisticsChunk(_chunk: i32, _thread: i32): void {
  const args = foldStatisticsArguments();
  const gamma = args.gamma, beta = args.beta, mean = args.mean, variance = args.variance;
  const channels = args.channels, epsilon = args.epsilon, state = args.state;
  const vector = floats(channels), to = state + SCALE_VECTOR * vector;
  for (let c = 0; c < channels; c++) {
    const o = floats(c);
    const inverse = 1 / sqrt(<f64>load<f32>(variance + o) + epsilon);
    store<f32>(state + o, load<f32>(mean + o));
    store<f32>(state + vector + o, <f32>inverse);
    const scale = gamma ? <f64>load<f32>(gamma + o) * inverse : inverse;
    const base = beta ? <f64>load<f32>(beta + o) : 0;
    store<f32>(to + o, <f32>scale);
    store<f32>(to + vector + o, <f32>(base - <f64>load<f32>(mean + o) * scale));
  }
}

/**
 * Gradients of gamma and beta, and the coefficients A, B, C of the input's gradient A·d + B·z + C
 * (Ioffe and Szegedy 2015, section 3, with the sums over the batch pulled out).
 */
export function finishGradientStatisticsChunk(chunk: i32, _thread: i32): void {
  const args = finishGradientStatisticsArguments();
  const partials = args.partials, parts = args.parts, channels = args.channels;
  const gamma = args.gamma, state = args.state, coefficients = args.coefficients;
  const dgamma = args.dgamma, dbeta = args.dbeta;
  const first = chunk * args.channelsPerChunk;
  const last = min(channels, first + args.channelsPerChunk);
  // As of infinitely many rows, where what is normalised does not move mean and variance.
  const vector = floats(channels), count = args.running ? <f64>Infinity : <f64>args.rows;
  for (let c = first; c < last; c++) {
    const o = floats(c);
    let sum: f64 = 0, dot: f64 = 0;
    let p = partials + o;
    for (let i = 0; i < parts; i++) {
      sum += <f64>load<f32>(p);
      dot += <f64>load<f32>(p + vector);
      p += GRADIENT_STATISTICS_VECTORS * vector;
    }
    const mean = <f64>load<f32>(state + o), inverse = <f64>load<f32>(state + vector + o);
    const gradient = dot * inverse;
    store<f32>(dbeta + o, <f32>sum);
    store<f32>(dgamma + o, <f32>gradient);
    const a = <f64>load<f32>(gamma + o) * inverse, b = -a * inverse * gradient / count;
    store<f32>(coefficients + o, <f32>a);
    store<f32>(coefficients + vector + o, <f32>b);
    store<f32>(coefficients + 2 * vector + o, <f32>(-a * sum / count - b * mean));
  }
}

/** Batch normalisation: what is left of it besides normalize.ts and the statistics of the producers. */
import { KERNEL_ARGUMENTS } from "./control";
import { floats, passes, upperBound, LINEAR } from "./simd";
import { normalizeAddRows } from "./normalize";
import { Source, SOURCE_SIZE, writeSourceRows } from "./source";
import { addGradientStatistics, addStatistics, startStatistics } from "./statistics";

/** Rows that are summed at once, while they are in cache. */
const BLOCK_ROWS: i32 = 64;

@unmanaged
class RowsArguments {
  out: usize;
  residual: usize;
  rows: i32;
  channels: i32;
  rowsPerChunk: i32;
}

/** Writes a lazy tensor to memory; with a residual: activation(scale·z + shift + residual). */
export function materializeChunk(chunk: i32, _thread: i32): void {
  const source = changetype<Source>(KERNEL_ARGUMENTS);
  const args = changetype<RowsArguments>(KERNEL_ARGUMENTS + SOURCE_SIZE);
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

@unmanaged
class StatisticsArguments {
  z: usize;
  partials: usize;
  rows: i32;
  channels: i32;
  rowsPerChunk: i32;
}

/** Batch statistics of a tensor whose producer left none. */
export function statisticsChunk(chunk: i32, _thread: i32): void {
  const args = changetype<StatisticsArguments>(KERNEL_ARGUMENTS);
  const channels = args.channels, pitch = floats(channels);
  const partial = args.partials + floats(chunk * 3 * channels);
  const first = chunk * args.rowsPerChunk, last = min(args.rows, first + args.rowsPerChunk);
  startStatistics(args.z + <usize>first * pitch, channels, partial);
  for (let r = first; r < last; r += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, last - r);
    addStatistics(args.z + <usize>r * pitch, pitch, rows, channels, partial, channels);
  }
}

@unmanaged
class GradientStatisticsArguments {
  d: usize;
  z: usize;
  mean: usize;
  scaleShift: usize;
  activation: i32;
  partials: usize;
  rows: i32;
  channels: i32;
  rowsPerChunk: i32;
  /** With a residual: y, whose sign says where the activation passes; else 0. */
  y: usize;
  /** With a residual: where d, so masked, is written. */
  masked: usize;
}

export function gradientStatisticsChunk(chunk: i32, _thread: i32): void {
  const args = changetype<GradientStatisticsArguments>(KERNEL_ARGUMENTS);
  const channels = args.channels, pitch = floats(channels);
  const partial = args.partials + floats(chunk * 2 * channels);
  memory.fill(partial, 0, 2 * pitch);
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

/** out = d where 0 < y < upper, else 0. */
function mask(d: usize, y: usize, out: usize, count: i32, activation: i32): void {
  const bound = upperBound(activation), upper = f32x4.splat(bound);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const m0 = passes(v128.load(y), upper), m1 = passes(v128.load(y, 16), upper);
    const x0 = v128.and(v128.load(d), m0), x1 = v128.and(v128.load(d, 16), m1);
    v128.store(out, x0), v128.store(out, x1, 16);
    d += 32, y += 32, out += 32;
  }
  for (; i < count; i++) {
    const value = load<f32>(y);
    store<f32>(out, value > 0 && value < bound ? load<f32>(d) : 0);
    d += 4, y += 4, out += 4;
  }
}

/**
 * Joins partial statistics (Chan, Golub and LeVeque 1979) and makes of them what normalises.
 *
 * @param counts rows of each partial, as i32
 * @param state mean, 1/√(variance + ε), scale, shift: four vectors, written here
 */
export function finishStatistics(
  partials: usize, counts: usize, parts: i32, channels: i32,
  gamma: usize, beta: usize, runningMean: usize, runningVariance: usize,
  momentum: f64, epsilon: f64, state: usize,
): void {
  const vector = floats(channels);
  for (let c = 0; c < channels; c++) {
    const o = floats(c);
    let count: f64 = 0, mean: f64 = 0, squares: f64 = 0;
    let p = partials + o;
    for (let i = 0; i < parts; i++) {
      const n = <f64>load<i32>(counts + (<usize>i << 2));
      const sum = <f64>load<f32>(p + vector);
      const partMean = <f64>load<f32>(p) + sum / n;
      const partSquares = <f64>load<f32>(p + 2 * vector) - sum * sum / n;
      const delta = partMean - mean, total = count + n;
      squares += max<f64>(partSquares, 0) + delta * delta * count * n / total;
      mean += delta * n / total;
      count = total;
      p += 3 * vector;
    }
    const variance = squares / count;
    const inverse = 1 / sqrt(variance + epsilon);
    const scale = <f64>load<f32>(gamma + o) * inverse;
    store<f32>(state + o, <f32>mean);
    store<f32>(state + vector + o, <f32>inverse);
    store<f32>(state + 2 * vector + o, <f32>scale);
    store<f32>(state + 3 * vector + o, <f32>(<f64>load<f32>(beta + o) - mean * scale));
    moveTowards(runningMean + o, mean, momentum);
    moveTowards(runningVariance + o, squares / (count - 1), momentum);
  }
}

function moveTowards(running: usize, value: f64, momentum: f64): void {
  store<f32>(running, <f32>((1 - momentum) * <f64>load<f32>(running) + momentum * value));
}

/**
 * Gradients of gamma and beta, and the coefficients A, B, C of the input's gradient A·d + B·z + C
 * (Ioffe and Szegedy 2015, section 3, with the sums over the batch pulled out).
 *
 * @param state as finishStatistics wrote it
 */
export function finishGradientStatistics(
  partials: usize, parts: i32, channels: i32, rows: i32,
  gamma: usize, state: usize, coefficients: usize, dgamma: usize, dbeta: usize,
): void {
  const vector = floats(channels), count = <f64>rows;
  for (let c = 0; c < channels; c++) {
    const o = floats(c);
    let sum: f64 = 0, dot: f64 = 0;
    let p = partials + o;
    for (let i = 0; i < parts; i++) {
      sum += <f64>load<f32>(p);
      dot += <f64>load<f32>(p + vector);
      p += 2 * vector;
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

/**
 * Squeeze-and-excitation's work on whole images: each channel of each image times one number, and the
 * gradient of that number. A chunk is some rows (row: the channels of one pixel) of one image.
 */
import { addTo } from "./add_to";
import { scratch } from "./command";
import { GRADIENT_STATISTICS_VECTORS, Source } from "./generated_abi";
import {
  channelDotsArguments, channelDotsDy, channelDotsX, scaleChannelsArguments,
  scaleChannelsStatistics, scaleChannelsX, sumImageDotsArguments,
} from "./generated_arguments";
import { multiplyRows } from "./normalize";
import { fillZero, floats, fma, zero } from "./simd";
import { sourceRows, writeSourceRows } from "./source";
import { addColumns } from "./spatial_mean";
import { addRowsToGradientStatistics } from "./statistics";

/** Rows of a block, which stays in cache, and whose sums are short enough to be precise. */
const BLOCK_ROWS: i32 = 32;

export function scaleChannelsChunk(chunk: i32, thread: i32): void {
  const x = scaleChannelsX(), args = scaleChannelsArguments();
  const statistics = scaleChannelsStatistics();
  const channels = args.channels, pitch = floats(channels);
  const image = chunk / args.chunksPerImage;
  const first = chunk % args.chunksPerImage * args.rowsPerChunk;
  const last = min(args.pixels, first + args.rowsPerChunk);
  const scale = args.scale + <usize>image * pitch;
  const shift = args.shift ? args.shift + <usize>image * pitch : 0;
  if (statistics.partials) {
    fillZero(
      statistics.partials + floats(chunk * GRADIENT_STATISTICS_VECTORS * channels),
      GRADIENT_STATISTICS_VECTORS * channels,
    );
  }
  for (let r = first; r < last; r += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, last - r), at = image * args.pixels + r;
    const block = sourceRows(x, at, rows, channels, scratch(thread));
    const out = args.out + <usize>at * pitch;
    if (shift) shiftRows(block, out, rows, channels, scale, shift);
    else multiplyRows(block, out, rows, channels, scale);
    if (statistics.partials) {
      addRowsToGradientStatistics(statistics, chunk, out, at, rows, channels);
    }
  }
}

function shiftRows(
  x: usize, out: usize, rows: i32, channels: i32, scale: usize, shift: usize,
): void {
  for (let r = 0; r < rows; r++) {
    let s = scale, t = shift, c = 0;
    for (; c + 8 <= channels; c += 8) {
      const x0 = v128.load(x), x1 = v128.load(x, 16);
      const y0 = fma(x0, v128.load(s), v128.load(t)), y1 = fma(x1, v128.load(s, 16), v128.load(t, 16));
      v128.store(out, y0), v128.store(out, y1, 16);
      x += 32, out += 32, s += 32, t += 32;
    }
    for (; c < channels; c++) {
      store<f32>(out, load<f32>(x) * load<f32>(s) + load<f32>(t));
      x += 4, out += 4, s += 4, t += 4;
    }
  }
}

export function channelDotsChunk(chunk: i32, thread: i32): void {
  const x = channelDotsX(), dy = channelDotsDy(), args = channelDotsArguments();
  const channels = args.channels, pitch = floats(channels);
  const image = chunk / args.chunksPerImage;
  const first = chunk % args.chunksPerImage * args.rowsPerChunk;
  const last = min(args.pixels, first + args.rowsPerChunk);
  const part = args.parts + <usize>(chunk % args.chunksPerImage * args.batch + image) * pitch;
  const inputs = scratch(thread), gradients = inputs + floats(BLOCK_ROWS * channels);
  fillZero(part, channels);
  for (let r = first; r < last; r += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, last - r), at = image * args.pixels + r;
    let a = args.out + <usize>at * pitch;
    if (args.out) writeSourceRows(x, at, rows, channels, a);
    else a = sourceRows(x, at, rows, channels, inputs);
    if (!dy.values) {
      addColumns(a, rows, channels, part);
      continue;
    }
    const b = sourceRows(dy, at, rows, channels, gradients);
    addDots(a, b, rows, channels, part);
  }
}

/**
 * Adds the dots of rows [first, first + rows) of dy, which lie at `d`, and of what is scaled in
 * `source` to those of their images; `dots` are those of image number `image0` and the ones behind.
 */
export function addImageDots(
  source: Source, d: usize, first: i32, rows: i32, channels: i32, dots: usize, image0: i32,
): void {
  const pitch = floats(channels), pixels = source.pixels, last = first + rows;
  for (let r = first; r < last;) {
    const image = r / pixels, count = min(last, (image + 1) * pixels) - r;
    const out = dots + <usize>(image - image0) * pitch;
    addDots(source.values + <usize>r * pitch, d, count, channels, out);
    d += <usize>count * pitch;
    r += count;
  }
}

/** Of one image, in the order of the chunks. */
export function sumImageDotsChunk(image: i32, _thread: i32): void {
  const args = sumImageDotsArguments();
  const channels = args.channels, pitch = floats(channels), pixels = args.pixels;
  const perChunk = args.rowsPerChunk, out = args.out + <usize>image * pitch;
  const first = image * pixels / perChunk, last = ((image + 1) * pixels - 1) / perChunk;
  fillZero(out, channels);
  for (let chunk = first; chunk <= last; chunk++) {
    const at = chunk * args.imagesPerChunk + image - chunk * perChunk / pixels;
    addTo(out, args.parts + <usize>at * pitch, channels);
  }
}

function addDots(a: usize, b: usize, rows: i32, channels: i32, out: usize): void {
  const pitch = floats(channels);
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    const o = floats(c), q = out + o;
    let p = a + o, g = b + o, dot0 = zero(), dot1 = zero();
    for (let r = 0; r < rows; r++) {
      dot0 = fma(v128.load(p), v128.load(g), dot0), dot1 = fma(v128.load(p, 16), v128.load(g, 16), dot1);
      p += pitch, g += pitch;
    }
    dot0 = f32x4.add(dot0, v128.load(q)), dot1 = f32x4.add(dot1, v128.load(q, 16));
    v128.store(q, dot0), v128.store(q, dot1, 16);
  }
  for (; c < channels; c++) {
    const o = floats(c);
    let p = a + o, g = b + o, dot: f32 = 0;
    for (let r = 0; r < rows; r++) {
      dot += load<f32>(p) * load<f32>(g);
      p += pitch, g += pitch;
    }
    store<f32>(out + o, load<f32>(out + o) + dot);
  }
}

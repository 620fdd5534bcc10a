/**
 * The rows of a convolution's matrix product: for each pixel of a grid, the source pixels that its
 * filter taps see, side by side, zero where they lie outside. Taps come as runs of horizontally
 * adjacent ones, so that away from the border each run is a single copy.
 */
import { Gather, TapRun, TAP_RUN_SIZE } from "./generated_abi";
import { floats, zero } from "./simd";

export function tapRun(gather: Gather, index: i32): TapRun {
  return changetype<TapRun>(gather.runs + <usize>index * TAP_RUN_SIZE);
}

/**
 * Writes grid rows first … first + rows - 1, each of the taps of runs [run0, run1), with a gap of
 * some bytes behind each row.
 */
export function gatherRows(
  gather: Gather, first: i32, rows: i32, run0: i32, run1: i32, out: usize, gap: usize,
): void {
  const height = gather.sourceHeight, width = gather.sourceWidth;
  const channels = gather.channels, pixel = floats(channels);
  const gridWidth = gather.gridWidth, gridHeight = gather.gridHeight;
  const strideHeight = gather.strideHeight, strideWidth = gather.strideWidth;
  let x = first % gridWidth;
  let y = first / gridWidth % gridHeight;
  let image = first / (gridWidth * gridHeight);
  for (let r = 0; r < rows; r++) {
    for (let i = run0; i < run1; i++) {
      const run = tapRun(gather, i);
      const taps = run.taps;
      const sy = y * strideHeight + run.dy, sx = x * strideWidth + run.dx;
      if (sy < 0 || sy >= height) {
        clear(out, taps * channels);
        out += floats(taps * channels);
        continue;
      }
      const from = gather.source + (<usize>(image * height + sy) * width + sx) * pixel;
      if (sx >= 0 && sx + taps <= width) {
        copy(from, out, taps * channels);
        out += floats(taps * channels);
        continue;
      }
      for (let t = 0; t < taps; t++) {
        if (sx + t >= 0 && sx + t < width) copy(from + <usize>t * pixel, out, channels);
        else clear(out, channels);
        out += pixel;
      }
    }
    out += gap;
    if (++x == gridWidth) {
      x = 0;
      if (++y == gridHeight) y = 0, image++;
    }
  }
}

/** `columns` source pixels from where grid pixel (y, x) sees a run; zero where there are none. */
export function copyStrip(
  gather: Gather, run: TapRun, image: i32, y: i32, x: i32, columns: i32, out: usize,
): void {
  const width = gather.sourceWidth, channels = gather.channels, pixel = floats(channels);
  const sy = y * gather.strideHeight + run.dy, sx = x * gather.strideWidth + run.dx;
  if (sy < 0 || sy >= gather.sourceHeight) {
    clear(out, columns * channels);
    return;
  }
  const left = min(columns, max(0, -sx));
  const inside = max(0, min(columns - left, width - sx - left));
  const from = gather.source +
    <usize>((image * gather.sourceHeight + sy) * width + sx + left) * pixel;
  clear(out, left * channels);
  copy(from, out + <usize>left * pixel, inside * channels);
  clear(out + <usize>(left + inside) * pixel, (columns - left - inside) * channels);
}

/** memory.copy would be a call out of wasm; rows are too short for that. No overlap of the two. */
export function copy(from: usize, to: usize, count: i32): void {
  if (count >= 8) {
    // The last eight at once, some of them twice, rather than the tail one by one.
    const last = floats(count - 8);
    const x0 = v128.load(from + last), x1 = v128.load(from + last, 16);
    v128.store(to + last, x0), v128.store(to + last, x1, 16);
    for (let i = 8; i <= count; i += 8) {
      const y0 = v128.load(from), y1 = v128.load(from, 16);
      v128.store(to, y0), v128.store(to, y1, 16);
      from += 32, to += 32;
    }
    return;
  }
  for (let i = 0; i < count; i++) {
    store<f32>(to, load<f32>(from));
    from += 4, to += 4;
  }
}

/** Zeros; short ones, for which memory.fill would be a call out of wasm. */
export function clear(to: usize, count: i32): void {
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    v128.store(to, zero()), v128.store(to, zero(), 16);
    to += 32;
  }
  for (; i < count; i++) {
    store<f32>(to, 0);
    to += 4;
  }
}

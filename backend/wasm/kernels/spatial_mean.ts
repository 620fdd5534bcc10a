/** Mean of each image's pixels, channel by channel. One chunk is an image. */
import { scratch } from "./command";
import { SPATIAL_MEAN_ROWS } from "./generated_abi";
import { spatialMeanArguments, spatialMeanSource } from "./generated_arguments";
import { fillZero, floats, zero } from "./simd";
import { sourceRows } from "./source";

export function spatialMeanChunk(chunk: i32, thread: i32): void {
  const source = spatialMeanSource(), args = spatialMeanArguments();
  const channels = args.channels, pixels = args.pixels, pitch = floats(channels);
  const out = args.out + <usize>chunk * pitch;
  fillZero(out, channels);
  for (let r = 0; r < pixels; r += SPATIAL_MEAN_ROWS) {
    const rows = min(SPATIAL_MEAN_ROWS, pixels - r);
    const block = sourceRows(source, chunk * pixels + r, rows, channels, scratch(thread));
    addColumns(block, rows, channels, out);
  }
  const share: f32 = <f32>1 / <f32>pixels;
  for (let c = 0; c < channels; c++) {
    store<f32>(out + floats(c), load<f32>(out + floats(c)) * share);
  }
}

/** Adds each channel's sum over the rows to `out`. */
export function addColumns(block: usize, rows: i32, channels: i32, out: usize): void {
  const pitch = floats(channels);
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    let p = block + floats(c);
    let sum0 = zero(), sum1 = zero();
    for (let r = 0; r < rows; r++) {
      sum0 = f32x4.add(sum0, v128.load(p)), sum1 = f32x4.add(sum1, v128.load(p, 16));
      p += pitch;
    }
    const q = out + floats(c);
    sum0 = f32x4.add(sum0, v128.load(q)), sum1 = f32x4.add(sum1, v128.load(q, 16));
    v128.store(q, sum0), v128.store(q, sum1, 16);
  }
  for (; c < channels; c++) {
    let p = block + floats(c), sum: f32 = 0;
    for (let r = 0; r < rows; r++) {
      sum += load<f32>(p);
      p += pitch;
    }
    store<f32>(out + floats(c), load<f32>(out + floats(c)) + sum);
  }
}

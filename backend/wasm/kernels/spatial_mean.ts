/** Mean of each image's pixels, channel by channel. One chunk is an image. */
import { kernelArguments, scratch } from "./command";
import { fillZero, floats, zero } from "./simd";
import { Source, SOURCE_SIZE, sourceRows } from "./source";

@unmanaged
class SpatialMeanArguments {
  out: usize;
  pixels: i32;
  channels: i32;
}

/** Pixels that are summed at once: precision as well as cache ask for short sums. */
const BLOCK_ROWS: i32 = 64;

export function spatialMeanChunk(chunk: i32, thread: i32): void {
  const source = changetype<Source>(kernelArguments());
  const args = changetype<SpatialMeanArguments>(kernelArguments() + SOURCE_SIZE);
  const channels = args.channels, pixels = args.pixels, pitch = floats(channels);
  const out = args.out + <usize>chunk * pitch;
  fillZero(out, channels);
  for (let r = 0; r < pixels; r += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, pixels - r);
    const block = sourceRows(source, chunk * pixels + r, rows, channels, scratch(thread));
    addColumns(block, rows, channels, out);
  }
  const share: f32 = <f32>1 / <f32>pixels;
  for (let c = 0; c < channels; c++) {
    store<f32>(out + floats(c), load<f32>(out + floats(c)) * share);
  }
}

function addColumns(block: usize, rows: i32, channels: i32, out: usize): void {
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

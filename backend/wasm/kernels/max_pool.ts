/** Max pooling over [batch][height][width][channels] and its gradient. */
import { clear } from "./gather";
import { maxPoolArguments, maxPoolGradientArguments } from "./generated_arguments";
import { floats } from "./simd";

/** One chunk is an output row. */
export function maxPoolChunk(chunk: i32, _thread: i32): void {
  const args = maxPoolArguments();
  const channels = args.channels, pixel = floats(channels), width = args.width;
  const image = chunk / args.outHeight, oy = chunk % args.outHeight;
  const top = oy * args.strideHeight - args.padTop;
  const y0 = max(0, top), y1 = min(args.height, top + args.filterHeight);
  const x = args.x + <usize>(image * args.height) * width * pixel;
  let out = args.y + <usize>(chunk * args.outWidth) * pixel;
  for (let ox = 0; ox < args.outWidth; ox++) {
    const left = ox * args.strideWidth - args.padLeft;
    const x0 = max(0, left), x1 = min(width, left + args.filterWidth);
    let c = 0;
    for (; c + 8 <= channels; c += 8) {
      let best0 = f32x4.splat(-Infinity), best1 = best0;
      for (let iy = y0; iy < y1; iy++) {
        let p = x + <usize>(iy * width + x0) * pixel + floats(c);
        for (let ix = x0; ix < x1; ix++) {
          best0 = f32x4.pmax(best0, v128.load(p)), best1 = f32x4.pmax(best1, v128.load(p, 16));
          p += pixel;
        }
      }
      v128.store(out + floats(c), best0), v128.store(out + floats(c), best1, 16);
    }
    for (; c < channels; c++) {
      let best: f32 = -Infinity;
      for (let iy = y0; iy < y1; iy++) {
        for (let ix = x0; ix < x1; ix++) {
          const value = load<f32>(x + <usize>(iy * width + ix) * pixel + floats(c));
          if (value > best) best = value;
        }
      }
      store<f32>(out + floats(c), best);
    }
    out += pixel;
  }
}

/**
 * The first value of a window that equals its largest gets its gradient, as in tfjs and torch.
 * Windows overlap, so one chunk owns some rows of the input, and looks at every window that reaches
 * into them.
 */
export function maxPoolGradientChunk(chunk: i32, _thread: i32): void {
  const args = maxPoolGradientArguments();
  const channels = args.channels, pixel = floats(channels), width = args.width;
  const bands = (args.height + args.rowsPerChunk - 1) / args.rowsPerChunk;
  const image = chunk / bands;
  const row0 = chunk % bands * args.rowsPerChunk, row1 = min(args.height, row0 + args.rowsPerChunk);
  const imageOffset = <usize>(image * args.height) * width * pixel;
  const x = args.x + imageOffset, dx = args.dx + imageOffset;
  clear(dx + <usize>(row0 * width) * pixel, (row1 - row0) * width * channels);

  const stride = args.strideHeight, first = row0 + args.padTop - args.filterHeight + stride;
  const oy0 = first > 0 ? first / stride : 0;
  const oy1 = min(args.outHeight, (row1 + args.padTop + stride - 1) / stride);
  for (let oy = oy0; oy < oy1; oy++) {
    const top = oy * stride - args.padTop;
    const y0 = max(0, top), y1 = min(row1, top + args.filterHeight);
    let out = <usize>((image * args.outHeight + oy) * args.outWidth) * pixel;
    for (let ox = 0; ox < args.outWidth; ox++) {
      const left = ox * args.strideWidth - args.padLeft;
      const x0 = max(0, left), x1 = min(width, left + args.filterWidth);
      let c = 0;
      for (; c + 8 <= channels; c += 8) {
        const y = args.y + out + floats(c), dy = args.dy + out + floats(c);
        const largest0 = v128.load(y), largest1 = v128.load(y, 16);
        // What is left to give: nothing, once a value has taken it.
        let rest0 = v128.load(dy), rest1 = v128.load(dy, 16);
        for (let iy = y0; iy < y1; iy++) {
          let offset = <usize>(iy * width + x0) * pixel + floats(c);
          for (let ix = x0; ix < x1; ix++) {
            const v0 = v128.load(x + offset), v1 = v128.load(x + offset, 16);
            const is0 = f32x4.eq(v0, largest0), is1 = f32x4.eq(v1, largest1);
            if (iy >= row0) {
              const to = dx + offset;
              const d0 = f32x4.add(v128.load(to), v128.and(rest0, is0));
              const d1 = f32x4.add(v128.load(to, 16), v128.and(rest1, is1));
              v128.store(to, d0), v128.store(to, d1, 16);
            }
            rest0 = v128.andnot(rest0, is0), rest1 = v128.andnot(rest1, is1);
            offset += pixel;
          }
        }
      }
      for (; c < channels; c++) {
        const largest = load<f32>(args.y + out + floats(c));
        let rest = load<f32>(args.dy + out + floats(c));
        for (let iy = y0; iy < y1; iy++) {
          for (let ix = x0; ix < x1; ix++) {
            const offset = <usize>(iy * width + ix) * pixel + floats(c);
            if (load<f32>(x + offset) != largest) continue;
            if (iy >= row0) store<f32>(dx + offset, load<f32>(dx + offset) + rest);
            rest = 0;
          }
        }
      }
      out += pixel;
    }
  }
}

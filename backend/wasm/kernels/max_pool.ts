/** Max pooling over [batch][height][width][channels] and its gradient. */
import { KERNEL_ARGUMENTS } from "./control";
import { floats } from "./simd";

@unmanaged
class MaxPoolArguments {
  x: usize;
  /** The output; for the gradient, its gradient. */
  y: usize;
  /** The gradient of x. */
  dx: usize;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  padTop: i32;
  padLeft: i32;
  /** Channels of a chunk of the gradient, a multiple of 8. */
  channelsPerChunk: i32;
}

/** One chunk is an output row. */
export function maxPoolChunk(chunk: i32, _thread: i32): void {
  const args = changetype<MaxPoolArguments>(KERNEL_ARGUMENTS);
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
 * The first largest value of a window gets its gradient, as in tfjs and torch. Windows overlap, so
 * one chunk is some channels of a whole image.
 */
export function maxPoolGradientChunk(chunk: i32, _thread: i32): void {
  const args = changetype<MaxPoolArguments>(KERNEL_ARGUMENTS);
  const channels = args.channels, pixel = floats(channels), width = args.width;
  const parts = (channels + args.channelsPerChunk - 1) / args.channelsPerChunk;
  const image = chunk / parts, c0 = chunk % parts * args.channelsPerChunk;
  const c1 = min(channels, c0 + args.channelsPerChunk);
  const imageOffset = <usize>(image * args.height) * width * pixel;
  const x = args.x + imageOffset, dx = args.dx + imageOffset;
  for (let i = 0; i < args.height * width; i++) {
    memory.fill(dx + <usize>i * pixel + floats(c0), 0, floats(c1 - c0));
  }
  let dy = args.y + <usize>(image * args.outHeight * args.outWidth) * pixel;
  for (let oy = 0; oy < args.outHeight; oy++) {
    const top = oy * args.strideHeight - args.padTop;
    const y0 = max(0, top), y1 = min(args.height, top + args.filterHeight);
    for (let ox = 0; ox < args.outWidth; ox++) {
      const left = ox * args.strideWidth - args.padLeft;
      const x0 = max(0, left), x1 = min(width, left + args.filterWidth);
      let c = c0;
      for (; c + 4 <= c1; c += 4) {
        let best = f32x4.splat(-Infinity), where = i32x4.splat(-1);
        for (let iy = y0; iy < y1; iy++) {
          for (let ix = x0; ix < x1; ix++) {
            const index = iy * width + ix;
            const value = v128.load(x + <usize>index * pixel + floats(c));
            const larger = f32x4.gt(value, best);
            best = v128.bitselect(value, best, larger);
            where = v128.bitselect(i32x4.splat(index), where, larger);
          }
        }
        const gradient = v128.load(dy + floats(c));
        for (let iy = y0; iy < y1; iy++) {
          for (let ix = x0; ix < x1; ix++) {
            const index = iy * width + ix;
            const to = dx + <usize>index * pixel + floats(c);
            const share = v128.and(gradient, i32x4.eq(where, i32x4.splat(index)));
            v128.store(to, f32x4.add(v128.load(to), share));
          }
        }
      }
      for (; c < c1; c++) {
        let best: f32 = -Infinity, where = -1;
        for (let iy = y0; iy < y1; iy++) {
          for (let ix = x0; ix < x1; ix++) {
            const value = load<f32>(x + <usize>(iy * width + ix) * pixel + floats(c));
            if (value > best) best = value, where = iy * width + ix;
          }
        }
        if (where >= 0) {
          const to = dx + <usize>where * pixel + floats(c);
          store<f32>(to, load<f32>(to) + load<f32>(dy + floats(c)));
        }
      }
      dy += pixel;
    }
  }
}

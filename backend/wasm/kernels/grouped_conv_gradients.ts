/** Gradients of convolutions in groups. A chunk is a band of rows of one image. */
import { scratch } from "./command";
import { multiplyStrips, multiplyTransposed, panelWidth } from "./gemm";
import { GRADIENT_STATISTICS_VECTORS, GroupedBands } from "./generated_abi";
import {
  groupedConvFilterGradientArguments, groupedConvFilterGradientBands, groupedConvFilterGradientDy,
  groupedConvFilterGradientX, groupedConvInputGradientBands, groupedConvInputGradientDy,
  groupedConvInputGradientStatistics,
} from "./generated_arguments";
import { spreadRows } from "./grouped_rows";
import { packMatrix } from "./pack";
import { fillZero, floats } from "./simd";
import { addRowsToGradientStatistics } from "./statistics";

/**
 * A chunk is a band of rows of the input's gradient: the convolution of the output's gradient by the
 * filter turned round, one phase of the stride at a time, whose pixels see the same taps.
 */
export function groupedConvInputGradientChunk(chunk: i32, thread: i32): void {
  const args = groupedConvInputGradientBands(), statistics = groupedConvInputGradientStatistics();
  const groups = args.groups, stride = args.stride, wide = args.wide;
  const own = args.channels / groups, outOwn = args.outChannels / groups;
  const width = args.width, channels = args.channels, pixel = floats(channels);
  const bands = (args.height + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const y1 = min(args.height, y0 + args.bandRows);

  const first = floorDivide(y0 + args.padTop - (args.filterHeight - 1), stride);
  const last = floorDivide(y1 - 1 + args.padTop, stride), rows = last + 1 - first;
  const left = max(0, -floorDivide(args.padLeft - (args.filterWidth - 1), stride));
  const columns = left + max(args.outWidth, (width - 1 + args.padLeft) / stride + 1);
  const pitch = floats(columns * outOwn);
  const packed = scratch(thread);
  const buffer = packed + floats(args.filterHeight * args.filterWidth * own * outOwn);
  const gradients = buffer + floats(args.outWidth * args.outChannels);
  spreadRows(
    groupedConvInputGradientDy(), image, args.outHeight, args.outWidth, args.outChannels, groups,
    first, last + 1, left, columns, buffer, gradients,
  );

  const out = args.out + <usize>(image * args.height * width) * pixel;
  for (let g = 0; g < groups; g++) {
    const gradient = gradients + <usize>(g * rows) * pitch;
    for (let tapY = 0; tapY < stride; tapY++) {
      // The first row of this phase.
      const start = y0 + (tapY - (y0 + args.padTop) % stride + stride) % stride;
      if (start >= y1) continue;
      const tapsY = tapsOf(tapY, args.filterHeight, stride);
      for (let x = 0; x < stride && x < width; x++) {
        const tapX = (x + args.padLeft) % stride, tapsX = tapsOf(tapX, args.filterWidth, stride);
        const lastX = tapX + (tapsX - 1) * stride, lastY = tapY + (tapsY - 1) * stride;
        const pixels = (width - x + stride - 1) / stride, step = <usize>stride * pixel;
        packTurned(args, g, lastY, tapsY, lastX, tapsX, packed);
        const column = left + (x + args.padLeft - lastX) / stride;
        for (let y = start; y < y1; y += stride) {
          const to = out + <usize>(y * width + x) * pixel + floats(g * own);
          if (tapsX == 0 || tapsY == 0) {
            for (let i = 0; i < pixels; i++) fillZero(to + <usize>i * step, own);
            continue;
          }
          const row = (y + args.padTop - lastY) / stride - first;
          multiplyStrips(
            gradient + <usize>row * pitch + floats(column * outOwn), floats(outOwn), pitch, tapsY,
            packed, to, step, pixels, tapsX * outOwn, 0, own, wide,
          );
        }
      }
    }
  }

  if (!statistics.partials) return;
  const size = GRADIENT_STATISTICS_VECTORS * channels;
  fillZero(statistics.partials + floats(chunk * size), size);
  for (let y = y0; y < y1; y++) {
    const at = (image * args.height + y) * width;
    addRowsToGradientStatistics(
      statistics, chunk, args.out + <usize>at * pixel, at, width, channels,
    );
  }
}

export function groupedConvFilterGradientChunk(chunk: i32, thread: i32): void {
  const args = groupedConvFilterGradientBands(), parts = groupedConvFilterGradientArguments().parts;
  const groups = args.groups, stride = args.stride, wide = args.wide;
  const own = args.channels / groups, outOwn = args.outChannels / groups;
  const outWidth = args.outWidth, pixel = floats(args.outChannels);
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const count = min(args.outHeight - y0, args.bandRows);

  const rows = (count - 1) * stride + args.filterHeight, top = y0 * stride - args.padTop;
  const columns = (outWidth - 1) * stride + args.filterWidth, pitch = floats(columns * own);
  // Without a stride what the output's rows see is one run, if zeros lie between them.
  const isRun = stride == 1, dyColumns = isRun ? columns : outWidth;
  const runs = isRun ? 1 : count, length = isRun ? (count - 1) * columns + outWidth : outWidth;
  const buffer = scratch(thread);
  const inputs = buffer + floats(max(args.width * args.channels, outWidth * args.outChannels));
  spreadRows(
    groupedConvFilterGradientX(), image, args.height, args.width, args.channels, groups,
    top, top + rows, args.padLeft, columns, buffer, inputs,
  );
  const gradients = inputs + <usize>(groups * rows) * pitch;
  spreadRows(
    groupedConvFilterGradientDy(), image, args.outHeight, outWidth, args.outChannels, groups,
    y0, y0 + count, 0, dyColumns, buffer, gradients,
  );
  const panel = gradients + floats(count * dyColumns * args.outChannels);

  const depth = args.filterWidth * own, size = args.filterHeight * depth * args.outChannels;
  const partial = parts + floats(chunk * size);
  for (let g = 0; g < groups; g++) {
    const n = floats(g * outOwn), input = inputs + <usize>(g * rows) * pitch;
    const gradient = gradients + floats(g * count * dyColumns * outOwn);
    for (let run = 0; run < runs; run++) {
      for (let ky = 0; ky < args.filterHeight; ky++) {
        multiplyTransposed(
          input + <usize>(run * stride + ky) * pitch, floats(stride * own),
          gradient + floats(run * dyColumns * outOwn), floats(outOwn),
          partial + <usize>(ky * depth) * pixel + n, pixel,
          length, depth, 0, outOwn, outOwn, run > 0, wide, panel,
        );
      }
    }
  }
}

/** How many of a filter's taps lie a stride apart from `tap` on. */
// @ts-ignore: decorator
@inline
function tapsOf(tap: i32, filter: i32, stride: i32): i32 {
  return tap < filter ? (filter - 1 - tap) / stride + 1 : 0;
}

/**
 * A group's weights by taps a stride apart, from the last back to the first, as panels of what each of
 * its inputs is multiplied by.
 */
function packTurned(
  args: GroupedBands, group: i32, lastY: i32, tapsY: i32, lastX: i32, tapsX: i32, packed: usize,
): void {
  const pixel = floats(args.outChannels);
  const own = args.channels / args.groups, outOwn = args.outChannels / args.groups;
  const weights = args.weights + floats(group * outOwn);
  for (let n = 0; n < own;) {
    const width = panelWidth(n, own, args.wide);
    for (let j = 0; j < tapsY; j++) {
      for (let i = 0; i < tapsX; i++) {
        const tap = (lastY - j * args.stride) * args.filterWidth + lastX - i * args.stride;
        const from = weights + <usize>(tap * own + n) * pixel;
        packMatrix(from, pixel, outOwn, width, true, args.wide, packed);
        packed += floats(outOwn * width);
      }
    }
    n += width;
  }
}

function floorDivide(a: i32, b: i32): i32 {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

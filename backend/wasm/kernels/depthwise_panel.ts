/** A depthwise convolution of an image whose pixels are a product's panel, of 8 or 16 channels. */
import { plainRow } from "./depthwise";
import { tapsInside } from "./depthwise_bands";
import { depthwiseRow } from "./depthwise_rows";
import { DepthwiseBands } from "./generated_abi";
import {
  depthwisePanel16by1, depthwisePanel16by2, depthwisePanel8by1, depthwisePanel8by2,
} from "./generated_depthwise_panels";
import { floats } from "./simd";

/**
 * Rows [y0, y1) of the output, channels [c0, c0 + columns) of it. `out` is the image's output, `image` the
 * panel's pixel (0, 0). Away from the border all taps are at known places; a column of the border is
 * computed at once, as its pixels see the same taps.
 */
export function depthwisePanelRows(
  args: DepthwiseBands, image: usize, c0: i32, columns: i32, y0: i32, y1: i32, out: usize, taps: usize,
): void {
  const pixel = floats(columns), outPixel = floats(args.channels);
  const outRow = <usize>args.outWidth * outPixel, outWidth = args.outWidth;
  const stride = args.strideWidth;
  let first = y0, last = y0;
  if (isCommon(args)) {
    first = min(y1, max(y0, (args.padTop + stride - 1) / stride));
    last = max(first, min(y1, lastInside(args.height, args.padTop, stride) + 1));
  }
  for (let y = y0; y < first; y++) {
    plainRow(args, image, pixel, c0, columns, y, out + <usize>y * outRow, taps);
  }
  for (let y = last; y < y1; y++) {
    plainRow(args, image, pixel, c0, columns, y, out + <usize>y * outRow, taps);
  }
  const rows = last - first;
  if (rows == 0) return;
  const rowStep = <usize>args.width * pixel, to = out + <usize>first * outRow + floats(c0);
  const x0 = min(outWidth, (args.padLeft + stride - 1) / stride);
  const x1 = max(x0, min(outWidth, lastInside(args.width, args.padLeft, stride) + 1));
  for (let x = 0; x < outWidth; x++) {
    if (x == x0) x = x1;
    if (x == outWidth) break;
    const count = tapsInside(args, image, pixel, args.weights + floats(c0), first, x, taps);
    depthwiseRow(
      taps, count, to + <usize>x * outPixel, outRow, rows, <usize>stride * rowStep, columns,
    );
  }
  if (x1 == x0) return;
  const from = image + <usize>(first * stride - args.padTop) * rowStep +
    <usize>(x0 * stride - args.padLeft) * pixel;
  const weights = args.weights + floats(c0), inner = to + <usize>x0 * outPixel, width = x1 - x0;
  if (columns == 16) {
    if (stride == 1) {
      depthwisePanel16by1(
        from, rowStep, weights, outPixel, inner, outPixel, outRow, width, rows, columns,
      );
    } else {
      depthwisePanel16by2(
        from, rowStep, weights, outPixel, inner, outPixel, outRow, width, rows, columns,
      );
    }
  } else if (stride == 1) {
    depthwisePanel8by1(
      from, rowStep, weights, outPixel, inner, outPixel, outRow, width, rows, columns,
    );
  } else {
    depthwisePanel8by2(
      from, rowStep, weights, outPixel, inner, outPixel, outRow, width, rows, columns,
    );
  }
}

function isCommon(args: DepthwiseBands): bool {
  return args.filterHeight == 3 && args.filterWidth == 3 &&
    args.dilationHeight == 1 && args.dilationWidth == 1 &&
    args.strideHeight == args.strideWidth && args.strideWidth <= 2;
}

/** The last output of a line whose three taps all lie inside, or one below 0. */
function lastInside(size: i32, pad: i32, stride: i32): i32 {
  const room = size - 3 + pad;
  return room < 0 ? -1 : room / stride;
}

/**
 * A 1×1 convolution and the depthwise one that reads it, in one pass. A chunk is some channels of a
 * band of rows of one image: the rows that the band sees are multiplied into scratch, so that the
 * wide tensor in between is never written.
 */
import { kernelArguments, scratch } from "./command";
import { plainRow } from "./depthwise";
import { DEPTHWISE_SIZE, DepthwiseArguments, TAP_TABLE } from "./depthwise_bands";
import { Epilogue, finishRows } from "./epilogue";
import { multiplyPart } from "./gemm";
import { floats } from "./simd";

/** backend/wasm/operations/deferred_convolution.ts writes this record. */
@unmanaged
class Expansion {
  /** What is multiplied: [batch, height, width, K]. */
  values: usize;
  packed: usize;
  K: i32;
  wide: i32;
}

export function expandedDepthwiseChunk(chunk: i32, thread: i32): void {
  let pointer = kernelArguments();
  const channelsPerChunk = load<i32>(pointer);
  pointer += 4;
  const expansion = changetype<Expansion>(pointer);
  pointer += offsetof<Expansion>();
  const inner = changetype<Epilogue>(pointer);
  pointer += offsetof<Epilogue>();
  const args = changetype<DepthwiseArguments>(pointer);
  const epilogue = changetype<Epilogue>(pointer + DEPTHWISE_SIZE);

  const channels = args.channels, width = args.width, K = expansion.K;
  const groups = (channels + channelsPerChunk - 1) / channelsPerChunk;
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const c0 = chunk % groups * channelsPerChunk, c1 = min(channels, c0 + channelsPerChunk);
  const y0 = chunk / groups % bands * args.bandRows, y1 = min(args.outHeight, y0 + args.bandRows);
  const image = chunk / (groups * bands);

  const reach = (args.filterHeight - 1) * args.dilationHeight + 1;
  const top = max(0, y0 * args.strideHeight - args.padTop);
  const bottom = min(args.height, (y1 - 1) * args.strideHeight - args.padTop + reach);
  const taps = scratch(thread), expanded = taps + TAP_TABLE, pixel = floats(c1 - c0);
  if (bottom > top) {
    const first = (image * args.height + top) * width;
    multiplyPart(
      expansion.values + <usize>first * floats(K), floats(K), expansion.packed, expanded, pixel,
      (bottom - top) * width, K, 0, K, c0, c1, expansion.wide, inner.scale ? inner : null, 0,
    );
  }
  const firstRow = expanded - <usize>(top * width) * pixel, outPixel = floats(channels);
  for (let y = y0; y < y1; y++) {
    const row = (image * args.outHeight + y) * args.outWidth;
    const out = args.out + <usize>row * outPixel;
    plainRow(args, firstRow, pixel, c0, c1 - c0, y, out, taps);
    if (epilogue.scale) {
      finishRows(
        epilogue, out + floats(c0), outPixel, row, args.outWidth, c0, c1 - c0, channels,
      );
    }
  }
}

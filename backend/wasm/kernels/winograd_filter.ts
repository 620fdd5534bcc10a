/** Filters of Winograd's F(4×4, 3×3): to the transformed domain, packed, and their gradients back. */
import { scratch } from "./command";
import { panelWidth } from "./gemm";
import { WINOGRAD_POSITIONS, WINOGRAD_TEMPORARY_BYTES } from "./generated_abi";
import {
  winogradFilterArguments, winogradFilterGradientArguments, winogradTransposedFilterArguments,
} from "./generated_arguments";
import { transpose4 } from "./pack";
import { floats } from "./simd";
import { transformFilter, transformFilterGradient } from "./winograd_transforms";

/** Filter to packed matrices [channels][outChannels]. One chunk is an input channel. */
export function winogradFilterChunk(chunk: i32, thread: i32): void {
  const args = winogradFilterArguments();
  const C = args.channels, N = args.outChannels, plane = floats(C * N);
  for (let n = 0; n < N; n += 8) {
    const panel = panelStart(n, N, args.wide), width = panelWidth(panel, N, args.wide);
    const to = args.transformed + floats(panel * C + chunk * width + (n - panel));
    const from = args.filter + floats(chunk * N + n);
    transformFilter(from, 3 * plane, plane, to, 6 * plane, plane, scratch(thread));
  }
}

/**
 * For the input's gradient: the filter turned by 180° and transposed, packed as matrices
 * [outChannels][channels]. One chunk is eight output channels.
 */
export function winogradTransposedFilterChunk(chunk: i32, thread: i32): void {
  const args = winogradTransposedFilterArguments();
  const C = args.channels, N = args.outChannels, plane = floats(C * N);
  const temporary = scratch(thread), blocks = temporary + WINOGRAD_TEMPORARY_BYTES;
  const n = chunk * 8;
  for (let c = 0; c < C; c += 8) {
    // Eight channels of all positions, [channel][position][8 output channels] …
    for (let i = 0; i < 8; i++) {
      const last = args.filter + 8 * plane + floats((c + i) * N + n);
      const to = blocks + <usize>(i * WINOGRAD_POSITIONS) * 32;
      transformFilter(last, -3 * plane, -plane, to, 6 * 32, 32, temporary);
    }
    // … and of each position the transposed block.
    const panel = panelStart(c, C, args.wide), width = panelWidth(panel, C, args.wide);
    let to = args.transformed + floats(panel * N + n * width + (c - panel));
    for (let position = 0; position < WINOGRAD_POSITIONS; position++) {
      const from = blocks + <usize>position * 32, step = floats(width);
      transpose4(from, WINOGRAD_POSITIONS * 32, to, step);
      transpose4(from + 16, WINOGRAD_POSITIONS * 32, to + 4 * step, step);
      transpose4(from + 4 * WINOGRAD_POSITIONS * 32, WINOGRAD_POSITIONS * 32, to + 16, step);
      transpose4(from + 4 * WINOGRAD_POSITIONS * 32 + 16, WINOGRAD_POSITIONS * 32, to + 4 * step + 16, step);
      to += plane;
    }
  }
}

function panelStart(n: i32, N: i32, wide: i32): i32 {
  const start = n & ~15;
  return wide && start + 16 <= N ? start : n & ~7;
}

/** Back to the filter's own domain. One chunk is an input channel. */
export function winogradFilterGradientChunk(chunk: i32, thread: i32): void {
  const args = winogradFilterGradientArguments();
  const N = args.outChannels, tap = floats(args.channels * N), plane = floats(args.plane);
  for (let n = 0; n < N; n += 8) {
    const o = floats(chunk * N + n);
    transformFilterGradient(
      args.transformed + o, 6 * plane, plane, args.filter + o, 3 * tap, tap, scratch(thread),
    );
  }
}

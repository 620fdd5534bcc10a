import assert from "node:assert/strict";
import fc from "fast-check";
import type { RgbImage } from "../../data/image.ts";
import { type Box, resize, resizeWindow } from "../../data/resize.ts";
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";

/** libImaging/Resample.c word by word: one pixel after the other, everything computed anew. */
function pillowResize(image: RgbImage, outWidth: number, outHeight: number): Uint8Array {
  const { width, height, data } = image;
  const rows = (from: Uint8Array, lines: number) =>
    resamplePass(from, lines, width, outWidth, (line, i, size) => (line * size + i) * 3);
  const columns = (from: Uint8Array, lines: number) =>
    resamplePass(from, lines, height, outHeight, (line, i) => (i * lines + line) * 3);
  return height > outHeight && height - outHeight > 2 * (width - outWidth)
    ? rows(columns(data, width), outHeight)
    : columns(rows(data, height), outWidth);
}

function resamplePass(
  from: Uint8Array,
  lines: number,
  inSize: number,
  outSize: number,
  at: (line: number, i: number, size: number) => number,
): Uint8Array {
  const to = new Uint8Array(lines * outSize * 3);
  const scale = inSize / outSize;
  const filterScale = scale < 1 ? 1 : scale;
  for (let xx = 0; xx < outSize; xx++) {
    const center = (xx + 0.5) * scale;
    let xmin = Math.trunc(center - filterScale + 0.5);
    if (xmin < 0) xmin = 0;
    let xmax = Math.trunc(center + filterScale + 0.5);
    if (xmax > inSize) xmax = inSize;
    const kernel: number[] = [];
    let sum = 0;
    for (let x = 0; x < xmax - xmin; x++) {
      let w = (x + xmin - center + 0.5) * (1 / filterScale);
      w = Math.abs(w) < 1 ? 1 - Math.abs(w) : 0;
      kernel.push(w);
      sum += w;
    }
    const fixed = kernel.map((w) => BigInt(Math.trunc(0.5 + (w / sum) * 2 ** 22)));
    for (let line = 0; line < lines; line++) {
      for (let c = 0; c < 3; c++) {
        let total = 1n << 21n;
        fixed.forEach((w, x) => total += w * BigInt(from[at(line, xmin + x, inSize) + c]));
        const value = Number(total >> 22n);
        to[at(line, xx, outSize) + c] = Math.min(value, 255);
      }
    }
  }
  return to;
}

function cutOut({ width, data }: RgbImage, cut: Box): RgbImage {
  const out = new Uint8Array(cut.width * cut.height * 3);
  for (let row = 0; row < cut.height; row++) {
    const from = ((cut.top + row) * width + cut.left) * 3;
    out.set(data.subarray(from, from + cut.width * 3), row * cut.width * 3);
  }
  return { width: cut.width, height: cut.height, data: out };
}

/** Mostly ordinary sides, and some of one pixel or very many. */
const side = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
  fc.constant(1),
  fc.integer({ min: 300, max: 900 }),
);
const outSide = fc.integer({ min: 1, max: 24 });

Deno.test("resizing equals Pillow's algorithm taken literally, whatever the sizes", () => {
  fc.assert(
    fc.property(fc.nat(1000), side, side, outSide, outSide, (stream, width, height, w, h) => {
      fc.pre(width * height < 20_000);
      const photo = syntheticPhoto(stream, width, height);
      assert.deepEqual(resize(photo, w, h).data, pillowResize(photo, w, h));
    }),
    { numRuns: 150 },
  );
});

Deno.test("a box is cut out first, and a window of the result is that window", () => {
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  /** A stretch within `size` pixels, at least one long. */
  const stretch = (size: number, [a, b]: [number, number]) => {
    const start = Math.min(Math.floor(a * size), size - 1);
    return [start, 1 + Math.floor(b * (size - start - 1))];
  };
  const pair = fc.tuple(fraction, fraction);
  const interpolation = fc.constantFrom("bilinear" as const, "bicubic" as const);
  fc.assert(
    fc.property(interpolation, side, side, outSide, outSide, pair, pair, pair, pair, (
      filter,
      width,
      height,
      w,
      h,
      ...[cutX, cutY, windowX, windowY]
    ) => {
      fc.pre(width * height < 20_000);
      const photo = syntheticPhoto(7, width, height);
      const box = (across: [number, number], down: [number, number], [x, y]: number[]): Box => {
        const [left, boxWidth] = stretch(x, across);
        const [top, boxHeight] = stretch(y, down);
        return { left, top, width: boxWidth, height: boxHeight };
      };
      const cut = box(cutX, cutY, [width, height]);
      const window = box(windowX, windowY, [w, h]);
      const expected = cutOut(resize(cutOut(photo, cut), w, h, filter), window);
      assert.deepEqual(resizeWindow(photo, cut, w, h, window, filter), expected);
    }),
    { numRuns: 300 },
  );
});

Deno.test("a window that begins with an output that lies on a pixel has those beside it", () => {
  // Enlarged to 44, output 16 lies on a pixel of 12, and 17 begins with an earlier one.
  const photo = syntheticPhoto(3, 12, 12), window = { left: 16, top: 16, width: 11, height: 11 };
  const whole = { left: 0, top: 0, width: 12, height: 12 };
  assert.deepEqual(
    resizeWindow(photo, whole, 44, 44, window, "bicubic"),
    cutOut(resize(photo, 44, 44, "bicubic"), window),
  );
});

Deno.test("a photo resized to its own size is unchanged", () => {
  const photo = syntheticPhoto(1, 31, 17);
  assert.deepEqual(resize(photo, 31, 17), photo);
});

Deno.test("white stays white even where rounded weights add up to more than one", () => {
  const width = 2_800_001; // about 1.5 of 2²² for each pixel, rounded to 2
  const photo = { width, height: 1, data: new Uint8Array(width * 3).fill(255) };
  assert.deepEqual(resize(photo, 1, 1).data, new Uint8Array([255, 255, 255]));
});

/** Photos of more than 89 megapixels, which come at a quarter of their sides. */
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { decodeLargePng } from "../../../data/codecs/large_png.ts";
import { decodePng } from "../../../data/codecs/png.ts";
import { PngColour, type PngHeader } from "../../../data/codecs/png_chunks.ts";
import { decodeImage } from "../../../data/decode.ts";
import type { RgbImage } from "../../../data/image.ts";
import { concat, pngFileOf } from "../image_files.ts";

const SCALE = 4;

/** Means of squares, computed pixel by pixel. */
function means({ width, height, data }: RgbImage): RgbImage {
  const small = { width: Math.ceil(width / SCALE), height: Math.ceil(height / SCALE) };
  const out = new Uint8Array(small.width * small.height * 3);
  for (let i = 0; i < out.length; i++) {
    const [x, y] = [Math.floor(i / 3) % small.width, Math.floor(i / 3 / small.width)];
    const values: number[] = [];
    for (let row = SCALE * y; row < Math.min(height, SCALE * (y + 1)); row++) {
      for (let column = SCALE * x; column < Math.min(width, SCALE * (x + 1)); column++) {
        values.push(data[(row * width + column) * 3 + i % 3]);
      }
    }
    out[i] = Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
  }
  return { ...small, data: out };
}

Deno.test("row by row, a PNG of any kind and filter comes as means of the squares of the whole one", () => {
  const kinds: [PngColour, number, number][] = [
    [PngColour.Grey, 1, 1],
    [PngColour.Grey, 8, 8],
    [PngColour.Rgb, 8, 24],
    [PngColour.Rgb, 16, 48],
    [PngColour.RgbAlpha, 8, 32],
    [PngColour.Palette, 4, 4],
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.integer({ min: 1, max: 23 }),
      fc.integer({ min: 1, max: 14 }),
      fc.integer({ min: 0, max: 2 ** 31 }),
      ([colour, depth, bits], width, height, seed) => {
        let state = seed;
        const byte = () => (state = Math.imul(state, 1664525) + 1013904223 | 0) >>> 24;
        const rowBytes = Math.ceil(width * bits / 8);
        const rows = Array.from(
          { length: height },
          () => [byte() % 5, ...Array.from({ length: rowBytes }, byte)],
        ).flat();
        const header: PngHeader = { width, height, depth, colour, interlaced: false };
        const palette = Uint8Array.from({ length: 48 }, byte);
        const compressed = deflateSync(Uint8Array.from(rows));
        const whole = decodePng(pngFileOf(header, compressed, palette));
        assert.deepEqual(decodeLargePng({ header, palette, compressed }, bits), means(whole));
      },
    ),
    { seed: 108, numRuns: 300 },
  );
});

Deno.test("a PNG of 108 megapixels is read; one that ends early, or is larger than telephones' is refused", async () => {
  const [width, height] = [12_000, 9_000];
  const header: PngHeader = {
    width,
    height,
    depth: 1,
    colour: PngColour.Grey,
    interlaced: false,
  };
  const rowBytes = width / 8;
  const rows = new Uint8Array((rowBytes + 1) * height);
  for (let y = 0; y < height; y++) {
    // White where both coordinates are below half.
    if (y < height / 2) {
      rows.fill(0xff, y * (rowBytes + 1) + 1, y * (rowBytes + 1) + 1 + rowBytes / 2);
    }
  }
  const image = await decodeImage(pngFileOf(header, deflateSync(rows)));
  assert.deepEqual([image.width, image.height], [3000, 2250]);
  const at = (x: number, y: number) => image.data[(y * 3000 + x) * 3];
  assert.deepEqual([at(0, 0), at(1499, 1124), at(1500, 0), at(0, 1125)], [255, 255, 0, 0]);

  const short = pngFileOf(header, deflateSync(rows.subarray(0, 9_000_000)));
  await assert.rejects(decodeImage(short), { name: "ImageError", reason: "truncated" });
  const interlaced = pngFileOf({ ...header, interlaced: true }, deflateSync(rows));
  await assert.rejects(decodeImage(interlaced), /too large: interlaced .* save it without/);
  const huge = pngFileOf({ ...header, height: 20_000 }, deflateSync(rows));
  await assert.rejects(decodeImage(huge), { name: "ImageError", reason: "too large" });
});

/** A grey JPEG of flat blocks: with a quantisation of 8, a block is 128 and its coefficient. */
function flatBlocksJpeg(width: number, height: number, value: (row: number) => number) {
  const segment = (code: number, body: number[]) => [
    ...[0xff, code, (body.length + 2) >> 8, (body.length + 2) & 255],
    ...body,
  ];
  const sides = [height >> 8, height & 255, width >> 8, width & 255];
  const head = [
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...Array(64).fill(8)]),
    ...segment(0xc0, [8, ...sides, 1, 1, 0x11, 0]),
    // DC: the number of bits of a difference in 4 bits; AC: nothing but the end of a block, in 1.
    ...segment(0xc4, [0, 0, 0, 0, 12, ...Array(12).fill(0), ...Array(12).keys()]),
    ...segment(0xc4, [0x10, 1, ...Array(15).fill(0), 0]),
    ...segment(0xda, [1, 1, 0, 0, 63, 0]),
  ];
  const [columns, blockRows] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  const bytes = new Uint8Array(columns * blockRows);
  let [length, held, bits, last] = [0, 0, 0, 0];
  const put = (code: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) {
      held = held << 1 | (code >> i & 1);
      if (++bits < 8) continue;
      bytes[length++] = held;
      if (held === 0xff) bytes[length++] = 0;
      [held, bits] = [0, 0];
    }
  };
  for (let row = 0; row < blockRows; row++) {
    for (let column = 0; column < columns; column++) {
      const difference = column > 0 ? 0 : value(row) - 128 - last;
      const size = 32 - Math.clz32(Math.abs(difference));
      put(size, 4);
      put(difference < 0 ? difference + 2 ** size - 1 : difference, size);
      put(0, 1);
    }
    last = value(row) - 128;
  }
  while (bits > 0) put(1, 1);
  return concat(head, bytes.subarray(0, length), [0xff, 0xd9]);
}

Deno.test("a JPEG of 108 megapixels comes at a quarter of its sides, each block by its value", async () => {
  const value = (row: number) => 20 + row % 200;
  const bytes = flatBlocksJpeg(12_000, 9_000, value);
  const { width, height, data } = await decodeImage(bytes);
  assert.deepEqual([width, height], [3000, 2250]);
  // A block of 8 rows is 2 here.
  for (let y = 0; y < height; y += 37) {
    for (const x of [0, 1, 1777, 2999]) {
      const at = (y * width + x) * 3;
      const grey = value(y >> 1);
      assert.deepEqual([...data.subarray(at, at + 3)], [grey, grey, grey], `${x} ${y}`);
    }
  }
  await assert.rejects(decodeImage(bytes.slice(0, -1000)), {
    name: "ImageError",
    reason: "truncated",
  });
  await assert.rejects(decodeImage(flatBlocksJpeg(20_000, 11_000, value)), {
    name: "ImageError",
    reason: "too large",
  });
});

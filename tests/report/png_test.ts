import assert from "node:assert/strict";
import fc from "fast-check";
import { encodePng } from "../../report/png.ts";
import { decodeWithImagescript } from "./decode_with_imagescript.ts";
import { painted } from "./photos.ts";

Deno.test("another decoder finds the pixels that were encoded, at any size and level", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 17 }),
      fc.integer({ min: 1, max: 17 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer(),
      async (width, height, level, seed) => {
        const image = painted(width, height, (x, y) => {
          const mixed = Math.imul(x * 31 + y * 17 + seed, 0x9e3779b1);
          return [mixed & 255, mixed >> 8 & 255, mixed >> 16 & 255];
        });
        assert.deepEqual(await decodeWithImagescript(encodePng(image, level)), image);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("what a picture was made from stands after its header, and changes no pixel", async () => {
  const image = painted(3, 2, (x, y) => [x, y, 7]);
  const png = encodePng(image, 6, "curves 0123");
  assert.deepEqual(await decodeWithImagescript(png), image);
  const head = new TextDecoder("latin1").decode(png.subarray(0, 80));
  assert.match(head, /IHDR.*tEXtSource\0curves 0123/s);
});

Deno.test("a flat picture takes few bytes", () => {
  const image = painted(400, 400, (x) => x < 200 ? [255, 255, 255] : [0, 103, 163]);
  assert.ok(encodePng(image).length < 4000);
});

Deno.test("a photo whose bytes do not fit its size is refused by its numbers", () => {
  const data = new Uint8Array(11);
  assert.throws(() => encodePng({ width: 2, height: 2, data }), {
    name: "RangeError",
    message: "a photo of 2×2 pixels has 11 bytes; it takes 12, 3 a pixel, and at least one pixel",
  });
  assert.throws(() => encodePng({ width: 0, height: 2, data: new Uint8Array(0) }), RangeError);
});

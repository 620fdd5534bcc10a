import assert from "node:assert/strict";
import fc from "fast-check";
import { Budget, checkExpansion } from "../../../data/codecs/budget.ts";
import { ImageError } from "../../../data/image.ts";

Deno.test("a photo's own pixels and bytes are always within its budget", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 9000 }),
    fc.integer({ min: 1, max: 9000 }),
    fc.integer({ min: 1, max: 100 }),
    (width, height, share) => {
      const pixels = width * height * 8; // RGBA of 16 bits
      const fileBytes = Math.ceil(pixels / share); // a hundredth is as good as deflate becomes
      const budget = new Budget(width, height, fileBytes);
      budget.spend(pixels, "pixels");
      budget.spend(fileBytes, "bytes");
    },
  ));
});

Deno.test("what is spent adds up, and the error names the work and the photo's size", () => {
  const budget = new Budget(100, 50, 1000);
  const afford = () => {
    for (let i = 0; i < 100; i++) budget.spend(100_000, "its tiles");
  };
  assert.throws(afford, (error) => {
    assert.ok(error instanceof ImageError);
    assert.match(
      error.message,
      /^too large: its tiles name more data than a photo of 100 by 50 needs/,
    );
    return true;
  });
});

Deno.test("a small file is never worth the work of a large photo, whatever size it claims", () => {
  assert.throws(() => new Budget(9000, 9000, 1000).spend(2 ** 24, "its tiles"), ImageError);
});

Deno.test("pixels beyond what compression can make of a file are told before they are decoded", () => {
  checkExpansion(4096, 1, "GIF");
  assert.throws(() => checkExpansion(4097, 1, "GIF"), /truncated: GIF file is too short/);
});

import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { inflateAtMost } from "../../../data/codecs/inflate.ts";
import { ImageError } from "../../../data/image.ts";

Deno.test("it gives the first bytes of a stream, all of it, or what there is", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 3000 }),
    fc.integer({ min: 0, max: 4000 }),
    fc.integer({ min: 0, max: 9 }),
    fc.uint8Array({ maxLength: 20 }),
    (bytes, length, level, padding) => {
      const stream = new Uint8Array([...deflateSync(bytes, { level }), ...padding]);
      assert.deepEqual(inflateAtMost(stream, length, "it"), bytes.slice(0, length));
    },
  ));
});

Deno.test("a stream that goes on for megabytes is read as far as it is needed", () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 7);
  const stream = new Uint8Array(deflateSync(bytes));
  for (const length of [1, 1000, 1_234_567, 2_999_999]) {
    assert.deepEqual(inflateAtMost(stream, length, "it"), bytes.slice(0, length));
  }
});

Deno.test("a stream that is cut off gives what came before, and a damaged one is refused", () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 7919) % 251);
  const stream = new Uint8Array(deflateSync(bytes));
  const begun = inflateAtMost(stream.slice(0, stream.length / 2), 5000, "it");
  assert.ok(begun.length > 100 && begun.length < 5000);
  assert.deepEqual(begun, bytes.slice(0, begun.length));
  stream[stream.length - 1] ^= 1; // of the checksum
  assert.throws(() => inflateAtMost(stream, 5000, "TIFF pixels"), (error) => {
    assert.ok(error instanceof ImageError);
    assert.match(error.message, /^corrupt: TIFF pixels: incorrect data check/);
    return true;
  });
});

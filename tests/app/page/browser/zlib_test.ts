/** What stands in for node:zlib in browsers does what node:zlib does. */
import assert from "node:assert/strict";
import zlib from "node:zlib";
import fc from "fast-check";
import { constants, crc32, inflateSync } from "../../../../app/page/browser/zlib.ts";

const someBytes = fc.uint8Array({ maxLength: 2000 });

Deno.test("it inflates what node:zlib deflated, and knows its checksums", () => {
  fc.assert(fc.property(someBytes, fc.integer({ min: 0, max: 9 }), (bytes, level) => {
    const deflated = new Uint8Array(zlib.deflateSync(bytes, { level }));
    assert.deepEqual([...inflateSync(deflated, { maxOutputLength: bytes.length })], [...bytes]);
    assert.equal(crc32(bytes, crc32("IDAT")), zlib.crc32(bytes, zlib.crc32("IDAT")));
  }));
  assert.equal(constants.Z_SYNC_FLUSH, zlib.constants.Z_SYNC_FLUSH);
});

Deno.test("it never gives more than is asked for, and refuses a stream that is cut off", () => {
  const deflated = new Uint8Array(zlib.deflateSync(new Uint8Array(1000).fill(7)));
  assert.ok(inflateSync(deflated, { maxOutputLength: 10 }).length <= 10);
  const noise = Uint8Array.from({ length: 500 }, (_, i) => (i * i * 7919) >> 3);
  const whole = new Uint8Array(zlib.deflateSync(noise));
  assert.throws(() => inflateSync(whole.subarray(0, 200), { maxOutputLength: 500 }));
});

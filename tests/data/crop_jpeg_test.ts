/** What the short way gives beside the long one: all pixels decoded, turned, resized and cut. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { cropJpeg } from "../../data/crop_jpeg.ts";
import { decodeImage } from "../../data/decode.ts";
import { ImageError } from "../../data/image.ts";
import { viewPhoto } from "../../data/transforms.ts";
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";
import { encodeJpegOf } from "./codecs/encode_jpeg.ts";
import { concat } from "./image_files.ts";

/** The file with an EXIF segment that says how it lies. */
function lying(file: Uint8Array, orientation: number): Uint8Array {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1];
  const exif = [...new TextEncoder().encode("Exif\0\0"), ...tiff, 0, orientation, 0, 0, 0, 0, 0, 0];
  return concat(file.subarray(0, 2), [0xff, 0xe1, 0, 2 + exif.length], exif, file.subarray(2));
}

Deno.test("a crop is that of the whole photo, however it lies and whatever its sides", async () => {
  const sides = fc.record({
    width: fc.integer({ min: 8, max: 120 }),
    height: fc.integer({ min: 8, max: 120 }),
  });
  const view = fc.record({
    resize: fc.integer({ min: 4, max: 60 }),
    size: fc.integer({ min: 1, max: 50 }),
    interpolation: fc.constantFrom("bilinear" as const, "bicubic" as const),
  });
  const kind = fc.record({
    stream: fc.nat(1000),
    orientation: fc.integer({ min: 1, max: 8 }),
    chroma_subsample: fc.constantFrom(1, 2),
  });
  let short = 0;
  await fc.assert(
    fc.asyncProperty(sides, view, kind, async ({ width, height }, view, kind) => {
      const { chroma_subsample } = kind;
      const options = { quality: 90, auto_subsample: false, chroma_subsample };
      const photo = await encodeJpegOf(syntheticPhoto(kind.stream, width, height), options);
      const file = lying(photo, kind.orientation);
      const crop = cropJpeg(file, view);
      if (view.size <= view.resize) assert.ok(crop);
      if (!crop) return;
      short++;
      const image = await decodeImage(file, { exifOrientation: true });
      assert.deepEqual(crop, viewPhoto(image, view));
    }),
    { numRuns: 300 },
  );
  assert.ok(short > 100);
});

Deno.test("a long photo, of which Pillow resizes the columns first, is cut alike", async () => {
  for (const [width, height] of [[24, 400], [400, 24], [33, 700]]) {
    const file = await encodeJpegOf(syntheticPhoto(1, width, height), { quality: 95 });
    const view = { resize: 20, size: 16 };
    assert.deepEqual(cropJpeg(file, view), viewPhoto(await decodeImage(file), view));
  }
});

Deno.test("views that show more than a crop, and files of other kinds, are left to others", async () => {
  const file = await encodeJpegOf(syntheticPhoto(1, 40, 30), {});
  assert.equal(cropJpeg(file, { fit: "pad", resize: 20, size: 16 }), undefined);
  assert.equal(cropJpeg(file, { fit: "squash", resize: 20, size: 16 }), undefined);
  assert.equal(cropJpeg(file, { resize: 20, size: 24 }), undefined);
  const progressive = await encodeJpegOf(syntheticPhoto(1, 40, 30), { progressive: true });
  assert.equal(cropJpeg(progressive, { resize: 20, size: 16 }), undefined);
});

Deno.test("a file that claims more pixels than are read is refused, as ever", async () => {
  const file = await encodeJpegOf(syntheticPhoto(1, 40, 30), {});
  const frame = file.findIndex((byte, i) => byte === 0xff && (file[i + 1] & 0xfe) === 0xc0);
  file.set([0xff, 0xff, 0xff, 0xff], frame + 5);
  assert.throws(() => cropJpeg(file, { resize: 20, size: 16 }), ImageError);
});

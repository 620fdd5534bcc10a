/** Files as phones, scanners and old programs leave them, against Pillow. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { decodeImage } from "../../../data/decode.ts";
import { readEncoding } from "../../../data/encoding.ts";
import { ImageError } from "../../../data/image.ts";
import { sniffImageFormat } from "../../../data/image_format.ts";
import unusualFiles from "../../fixtures/data/unusual_photo_files.json" with { type: "json" };

/** As tests/reference/unusual_photo_files.py writes it. */
interface UnusualFile {
  name: string;
  width: number;
  height: number;
  file: string;
  within: number;
  /** Of the upright RGB; `rgb` instead where a decoder may be off by `within`. */
  sha256?: string;
  rgb?: string;
}

const files = unusualFiles as UnusualFile[];
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

for (const format of ["jpeg", "png", "gif", "bmp", "tiff", "webp", "pnm"]) {
  const ofFormat = files.filter(({ name }) => name.endsWith(`.${format}`));
  Deno.test(`${ofFormat.length} unusual kinds of ${format} decode to Pillow's upright RGB`, async () => {
    assert.ok(ofFormat.length > 0);
    const wrong: string[] = [];
    for (const { name, width, height, file, within, sha256, rgb } of ofFormat) {
      const bytes = fromBase64(file);
      assert.equal(sniffImageFormat(bytes), format, name);
      const image = await decodeImage(bytes, { exifOrientation: true }).catch(String);
      if (typeof image === "string") {
        wrong.push(`${name}: ${image}`);
        continue;
      }
      assert.deepEqual([image.width, image.height], [width, height], name);
      if (sha256 && createHash("sha256").update(image.data).digest("hex") !== sha256) {
        wrong.push(name);
      } else if (rgb) {
        const far = fromBase64(rgb).map((value, i) => Math.abs(value - image.data[i]));
        if (Math.max(...far) > within) wrong.push(`${name} is off by ${Math.max(...far)}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}

Deno.test("their orientation is told as it is found", () => {
  for (const { name, file } of files) {
    const bytes = fromBase64(file);
    const { orientation } = readEncoding(bytes, sniffImageFormat(bytes)!);
    const turned = name.startsWith("orientation") && !name.startsWith("orientation 1 ");
    assert.equal(orientation, turned ? 6 : 1, name);
  }
});

Deno.test("damaged and cut, they give photos or an ImageError, never anything else", async () => {
  const property = fc.asyncProperty(
    fc.constantFrom(...files),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    async ({ file }, damages, share) => {
      const whole = fromBase64(file);
      for (const [at, value] of damages) whole[at % whole.length] = value;
      const bytes = share < 0.5 ? whole.slice(0, 2 * share * whole.length) : whole;
      try {
        const { width, height, data } = await decodeImage(bytes, { exifOrientation: true });
        assert.equal(data.length, width * height * 3);
        readEncoding(bytes, sniffImageFormat(bytes)!);
      } catch (error) {
        assert.ok(error instanceof ImageError, `${error instanceof Error ? error.stack : error}`);
      }
    },
  );
  // A strip of no bytes, which was found by chance; `deno task fuzz` goes on by other chance.
  const jpeg = files.find(({ name }) => name === "JPEG of RGB.tiff")!;
  await fc.assert(property, { numRuns: 600, seed: 7, examples: [[jpeg, [[638, 2]], 0.5]] });
});

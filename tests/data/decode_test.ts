import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { decodeImage } from "../../data/decode.ts";
import { ImageError, type ImageErrorReason, MAX_PIXELS } from "../../data/image.ts";
import photoFiles from "../../bench/certify/fixtures/data/photo_files.json" with { type: "json" };

interface PhotoFile {
  name: string;
  width: number;
  height: number;
  file: string;
  sha256: string;
  upright?: string;
  within: number;
  rgb?: string;
}

const cases: PhotoFile[] = photoFiles;

function fileOf(name: string): Uint8Array {
  const found = cases.find((each) => each.name === name);
  assert.ok(found, `no fixture ${name}`);
  return fromBase64(found.file);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function refusal(reason: ImageErrorReason, detail = /./) {
  return (error: unknown) => {
    assert.ok(error instanceof ImageError, `${error}`);
    assert.equal(error.reason, reason, error.message);
    assert.match(error.message, detail);
    return true;
  };
}

for (const format of ["jpeg", "png", "gif", "bmp", "tiff", "webp", "pnm"]) {
  const files = cases.filter(({ name }) => name.endsWith(`.${format}`));
  Deno.test(`${files.length} kinds of ${format} decode to Pillow's RGB`, async () => {
    assert.ok(files.length > 0);
    for (const { name, width, height, file, sha256: expected, rgb, within } of files) {
      const image = await decodeImage(fromBase64(file));
      assert.deepEqual([image.width, image.height], [width, height], name);
      if (!rgb) {
        assert.equal(sha256(image.data), expected, name);
      } else {
        const far = fromBase64(rgb).map((value, i) => Math.abs(value - image.data[i]));
        assert.ok(Math.max(...far) <= within, `${name} is off by ${Math.max(...far)}`);
        assert.equal(image.data.length, far.length, name);
      }
    }
  });
}

Deno.test("photos are turned upright by their EXIF data only when asked to", async () => {
  const turned = cases.filter(({ upright }) => upright);
  assert.ok(turned.length >= 8);
  for (const { name, file, sha256: lying, upright } of turned) {
    const bytes = fromBase64(file);
    const image = await decodeImage(bytes, { exifOrientation: true });
    assert.equal(sha256(image.data), upright, name);
    assert.equal(image.data.length, image.width * image.height * 3, name);
    assert.equal(sha256((await decodeImage(bytes)).data), lying, name);
  }
});

for (
  const name of [
    "4:2:0.jpeg",
    "progressive.jpeg",
    "cmyk.jpeg",
    "colour 2 depth 8 plain 11x9.png",
    "colour 6 depth 8 interlaced 11x9.png",
    "palette.gif",
    "RGB.bmp",
    "RGB raw.tiff",
    "RGB tiff_lzw.tiff",
    "RGB packbits.tiff",
    "lossy.webp",
    "lossless.webp",
    "RGB.pnm",
  ]
) {
  Deno.test(`${name} cut off anywhere is refused, or whole all the same`, async () => {
    const bytes = fileOf(name);
    const whole = sha256((await decodeImage(bytes)).data);
    let refused = 0;
    for (let length = 0; length < bytes.length; length += Math.ceil(bytes.length / 60)) {
      try {
        const image = await decodeImage(bytes.slice(0, length));
        assert.equal(sha256(image.data), whole, `cut at ${length} of ${bytes.length}`);
      } catch (error) {
        assert.ok(error instanceof ImageError, `cut at ${length}: ${error}`);
        refused++;
      }
    }
    assert.ok(refused > 0);
    assert.equal(sha256((await decodeImage(bytes)).data), whole, "the codec still works");
  });
}

for (
  const name of ["4:2:0.jpeg", "colour 2 depth 8 plain 11x9.png", "lossy.webp", "RGB raw.tiff"]
) {
  Deno.test(`half of ${name} is called truncated`, async () => {
    const bytes = fileOf(name);
    await assert.rejects(decodeImage(bytes.slice(0, bytes.length * 0.6)), refusal("truncated"));
  });
}

Deno.test("a JPEG file without its last two bytes is truncated, as for Pillow", async () => {
  await assert.rejects(decodeImage(fileOf("4:4:4.jpeg").slice(0, -2)), refusal("truncated"));
});

Deno.test("damaged files give photos or an ImageError, never anything else", async () => {
  const property = fc.asyncProperty(
    fc.constantFrom(...cases),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
    async ({ file }, damages) => {
      const bytes = fromBase64(file);
      for (const [at, value] of damages) bytes[at % bytes.length] = value;
      try {
        const { width, height, data } = await decodeImage(bytes, { exifOrientation: true });
        assert.equal(data.length, width * height * 3);
      } catch (error) {
        assert.ok(error instanceof ImageError, `${error instanceof Error ? error.stack : error}`);
      }
    },
  );
  await fc.assert(property, { numRuns: 400 });
  const intact = cases.find(({ name }) => name === "progressive.jpeg")!;
  assert.equal(sha256((await decodeImage(fromBase64(intact.file))).data), intact.sha256);
});

Deno.test("a damaged PNG header, and damaged pixels, are refused by their checksums", async () => {
  const bytes = fileOf("colour 2 depth 8 plain 11x9.png");
  bytes[20] ^= 1;
  await assert.rejects(decodeImage(bytes), refusal("corrupt", /IHDR does not match its checksum/));
  bytes[20] ^= 1;
  bytes[50] ^= 1;
  await assert.rejects(decodeImage(bytes), refusal("corrupt", /PNG pixels: incorrect data check/));
});

Deno.test("files that are no photos are told so, whatever they begin with", async () => {
  const text = new TextEncoder().encode("<!DOCTYPE html><title>404</title>");
  await assert.rejects(decodeImage(text), refusal("not an image"));
  await assert.rejects(decodeImage(new Uint8Array()), refusal("not an image", /empty/));
});

Deno.test("a small file that claims too many pixels is refused before memory is taken", async () => {
  const png = fileOf("colour 2 depth 8 plain 11x9.png");
  new DataView(png.buffer).setUint32(16, 100_000);
  new DataView(png.buffer).setUint32(20, 100_000);
  new DataView(png.buffer).setUint32(29, crc32(png.subarray(12, 29)));
  const jpeg = fileOf("4:4:4.jpeg");
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  jpeg.set([0xff, 0xff, 0xff, 0xff], frame + 5);
  const bmp = fileOf("RGB.bmp");
  new DataView(bmp.buffer).setInt32(18, MAX_PIXELS, true);
  await assert.rejects(decodeImage(jpeg), refusal("too large", /65535×65535/));
  await assert.rejects(decodeImage(bmp), refusal("too large"));
  await assert.rejects(decodeImage(png), refusal("too large", /100000×100000/));
});

Deno.test("kinds that are not decoded are refused by what they are", async () => {
  const twelveBits = fileOf("grey.jpeg");
  twelveBits[twelveBits.findIndex((b, i) => b === 0xff && twelveBits[i + 1] === 0xc0) + 4] = 12;
  await assert.rejects(decodeImage(twelveBits), refusal("unsupported", /12 bits/));
});

Deno.test("a view into a larger buffer decodes as its own bytes do", async () => {
  for (
    const name of ["4:2:0.jpeg", "lossy.webp", "palette.gif", "RGB tiff_lzw.tiff", "cmyk.jpeg"]
  ) {
    const bytes = fileOf(name);
    const buffer = new Uint8Array(bytes.length + 100).fill(0xff);
    buffer.set(bytes, 37);
    const image = await decodeImage(buffer.subarray(37, 37 + bytes.length));
    assert.deepEqual(image, await decodeImage(bytes), name);
  }
});

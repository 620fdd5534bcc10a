/** Kernels of ours beside libjpeg's own code, compiled to WebAssembly, and beside Pillow's bytes. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import mozjpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import fc from "fast-check";
import {
  decodeBaselineJpeg,
  decodePart,
  readBaselineJpeg,
} from "../../../data/codecs/baseline_jpeg.ts";
import { type EmscriptenFactory, instantiateCodec } from "../../../data/codecs/emscripten_codec.ts";
import module from "../../../data/codecs/mozjpeg_module.js";
import { dropAlpha } from "../../../data/codecs/samples.ts";
import { syntheticPhoto } from "../../../bench/certify/synthetic_photo.ts";
import restarts from "../../fixtures/data/jpeg_restarts.json" with { type: "json" };
import photoFiles from "../../../bench/certify/fixtures/data/photo_files.json" with {
  type: "json",
};
import { encodeJpegOf } from "./encode_jpeg.ts";

const factory = mozjpeg as unknown as EmscriptenFactory;
let libjpeg = await instantiateCodec(factory, module, () => {});

/** What libjpeg makes of a file; undefined where it refuses it. */
async function libjpegPixels(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    return dropAlpha(libjpeg.decode(bytes, false)!.data);
  } catch {
    libjpeg = await instantiateCodec(factory, module, () => {});
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text);
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Grey, and colour whose chroma is whole or halved both ways, of any quality and size. */
const anyFile = fc.record({
  stream: fc.nat(1000),
  width: fc.integer({ min: 8, max: 75 }),
  height: fc.integer({ min: 1, max: 75 }),
  quality: fc.integer({ min: 1, max: 100 }), // low ones have steps of 16 bits
  chroma_subsample: fc.constantFrom(1, 2),
  color_space: fc.constantFrom(1, 3, 3),
});

async function fileOf(
  { stream, width, height, ...options }: {
    stream: number;
    width: number;
    height: number;
    quality: number;
    chroma_subsample: number;
    color_space: number;
  },
): Promise<Uint8Array<ArrayBuffer>> {
  const photo = syntheticPhoto(stream, width, height);
  return await encodeJpegOf(photo, { auto_subsample: false, ...options });
}

Deno.test("baseline files decode to libjpeg's bytes, whatever their size, quality and chroma", async () => {
  await fc.assert(
    fc.asyncProperty(anyFile, async (options) => {
      const file = await fileOf(options);
      const pixels = decodeBaselineJpeg(file);
      assert.ok(pixels, "not taken for a plain file");
      assert.deepEqual(pixels, await libjpegPixels(file));
    }),
    { numRuns: 150 },
  );
});

Deno.test("a part of a photo has the pixels of the whole", async () => {
  const part = fc.record({
    left: fc.double({ min: 0, max: 0.99, noNaN: true }),
    top: fc.double({ min: 0, max: 0.99, noNaN: true }),
    width: fc.double({ min: 0.01, max: 1, noNaN: true }),
    height: fc.double({ min: 0.01, max: 1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(anyFile, part, async (options, share) => {
      const file = await fileOf(options);
      const [left, top] = [
        Math.floor(share.left * options.width),
        Math.floor(share.top * options.height),
      ];
      const width = Math.ceil(share.width * (options.width - left));
      const height = Math.ceil(share.height * (options.height - top));
      const whole = decodeBaselineJpeg(file)!;
      const { kernels, at, pitch } = decodePart(file, readBaselineJpeg(file)!, {
        left,
        top,
        width,
        height,
      })!;
      for (let row = 0; row < height; row++) {
        const from = 3 * ((top + row) * options.width + left), start = at + row * pitch;
        assert.deepEqual(
          kernels.bytes.slice(start, start + 3 * width),
          whole.slice(from, from + 3 * width),
        );
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("files with restarts decode to Pillow's bytes", () => {
  for (const { name, file, sha256: expected } of restarts) {
    const pixels = decodeBaselineJpeg(fromBase64(file));
    assert.ok(pixels, name);
    assert.equal(sha256(pixels), expected, name);
  }
});

Deno.test("what is not baseline, or of another number of colours, is left to others", () => {
  for (const name of ["progressive.jpeg", "cmyk.jpeg", "ycck.jpeg"]) {
    const { file } = photoFiles.find((each) => each.name === name)!;
    assert.equal(decodeBaselineJpeg(fromBase64(file)), undefined, name);
  }
});

Deno.test("a damaged file is left to libjpeg, or has the bytes that libjpeg gives it", async () => {
  const files = [...photoFiles.filter(({ name }) => name.endsWith(".jpeg")), ...restarts];
  const damage = fc.array(fc.record({ at: fc.double({ min: 0, max: 0.999 }), byte: fc.nat(255) }), {
    minLength: 1,
    maxLength: 4,
  });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(files.length - 1), damage, fc.boolean(), async (which, bytes, late) => {
      const file = fromBase64(files[which].file);
      // Damage among pixels is what others get past; most of these files is header.
      const from = late ? file.length * 0.6 : 2;
      for (const { at, byte } of bytes) {
        file[Math.floor(from + (Number.isNaN(at) ? 0 : at) * (file.length - from))] = byte;
      }
      const jpeg = readBaselineJpeg(file);
      if (!jpeg || jpeg.width * jpeg.height > 1e6) return;
      const pixels = decodeBaselineJpeg(file);
      if (!pixels) return;
      taken++;
      assert.deepEqual(pixels, await libjpegPixels(file));
    }),
    { numRuns: 1500 },
  );
  assert.ok(taken > 100, `only ${taken} were decoded`);
});

Deno.test("a file cut off anywhere is left to libjpeg", () => {
  for (const { file, name } of restarts) {
    const whole = fromBase64(file);
    for (let length = 0; length < whole.length; length++) {
      assert.equal(decodeBaselineJpeg(whole.slice(0, length)), undefined, `${name}: ${length}`);
    }
  }
});

/** HEIC and AVIF, as phones write them, against pillow-heif and Pillow. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readPrimaryItem } from "../../../data/codecs/iso_boxes.ts";
import { CropProcesses } from "../../../data/crop_processes.ts";
import { decodeImage } from "../../../data/decode.ts";
import { readEncoding } from "../../../data/encoding.ts";
import { ImageError } from "../../../data/image.ts";
import { sniffImageFormat } from "../../../data/image_format.ts";
import heifFiles from "../../fixtures/data/heif_photo_files.json" with { type: "json" };

/** As tests/reference/heif_photo_files.py writes it. */
interface HeifFile {
  name: string;
  /** Upright. */
  width: number;
  height: number;
  file: string;
  rgb: string;
  within: number;
  bits: number;
  animated: boolean;
}

const files = (heifFiles as HeifFile[]).map(({ file, rgb, ...facts }) => ({
  ...facts,
  bytes: Uint8Array.fromBase64(file),
  rgb: Uint8Array.fromBase64(rgb),
}));
const fileOf = (name: string) => files.find((file) => file.name === name)!;

for (const format of ["heic", "avif"] as const) {
  const ofFormat = files.filter(({ name }) => name.endsWith(`.${format}`));
  Deno.test(`${ofFormat.length} kinds of ${format} decode to Pillow's upright RGB, turned once`, async () => {
    for (const { name, width, height, within, bytes, rgb } of ofFormat) {
      assert.equal(sniffImageFormat(bytes), format, name);
      const image = await decodeImage(bytes, { exifOrientation: true });
      assert.deepEqual([image.width, image.height], [width, height], name);
      const far = rgb.map((value, i) => Math.abs(value - image.data[i]));
      assert.ok(Math.max(...far) <= within, `${name} is off by ${Math.max(...far)}`);
    }
  });
}

Deno.test("without EXIF's orientation AVIF stays as it is stored; HEIC is turned by its format", async () => {
  const size = async (name: string) => {
    const { width, height } = await decodeImage(fileOf(name).bytes);
    return [width, height];
  };
  assert.deepEqual(await size("orientation 6.avif"), [24, 16]);
  assert.deepEqual(await size("orientation 6.heic"), [16, 24]);
});

Deno.test("bits, frames and the container's orientation are told", () => {
  for (const { name, bytes, bits, animated } of files) {
    const format = sniffImageFormat(bytes)!;
    const encoding = readEncoding(bytes, format);
    const said = Number(/orientation (\d)/.exec(name)?.[1] ?? 1);
    const orientation = format === "avif" ? said : 1; // HEIC comes upright
    assert.deepEqual(
      encoding,
      { format, bits, cmyk: false, animated, orientation },
      name,
    );
    assert.equal(readPrimaryItem(bytes).orientation, said, name);
  }
});

Deno.test("brands beyond the first tell the format, others do not", () => {
  const box = (...brands: string[]) => {
    const text = `ftyp${brands[0]}\0\0\0\0${brands.slice(1).join("")}`;
    return Uint8Array.from([0, 0, 0, text.length + 4, ...new TextEncoder().encode(text)]);
  };
  assert.equal(sniffImageFormat(box("mif1", "mif1", "avif", "miaf")), "avif");
  assert.equal(sniffImageFormat(box("mif1", "heic")), "heic");
  assert.equal(sniffImageFormat(box("heix")), "heic");
  assert.equal(sniffImageFormat(box("isom", "mp42")), undefined);
  assert.equal(sniffImageFormat(box("crx ", "isom")), undefined);
});

Deno.test("a file that claims more pixels than may be, or that its bytes can hold, is refused unread", async () => {
  for (const name of ["plain.heic", "plain.avif"]) {
    for (const [side, reason] of [[60_000, "too large"], [9_000, "truncated"]] as const) {
      const bytes = fileOf(name).bytes.slice();
      const ispe = String.fromCharCode(...bytes).indexOf("ispe");
      new DataView(bytes.buffer).setUint32(ispe + 8, side);
      new DataView(bytes.buffer).setUint32(ispe + 12, side);
      await assert.rejects(decodeImage(bytes), { name: "ImageError", reason }, `${name} ${side}`);
    }
  }
});

Deno.test("AV1 in a HEIC's place is refused as what it is", async () => {
  const text = String.fromCharCode(...fileOf("plain.avif").bytes);
  const bytes = Uint8Array.from(
    text.replaceAll("avif", "heic").replaceAll("avis", "heic"),
    (c) => c.charCodeAt(0),
  );
  assert.equal(sniffImageFormat(bytes), "heic");
  await assert.rejects(decodeImage(bytes), { name: "ImageError", reason: "unsupported" });
});

Deno.test("damaged and cut, they give photos or an ImageError; the next photo is not harmed", async () => {
  const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.tuple(position, fc.nat(255)), { maxLength: 4 }),
      fc.option(position, { nil: 1 }),
      async ({ bytes }, changes, kept) => {
        const damaged = bytes.slice(0, Math.ceil(bytes.length * kept));
        for (const [at, value] of changes) damaged[Math.floor(at * damaged.length)] = value;
        try {
          const { width, height, data } = await decodeImage(damaged, { exifOrientation: true });
          assert.equal(data.length, width * height * 3);
        } catch (error) {
          assert.ok(error instanceof ImageError, `${error}`);
        }
      },
    ),
    { seed: 17, numRuns: 400 },
  );
  for (const { name, bytes, rgb, within } of [fileOf("plain.heic"), fileOf("plain.avif")]) {
    const { data } = await decodeImage(bytes);
    assert.ok(rgb.every((value, i) => Math.abs(value - data[i]) <= within), name);
  }
});

Deno.test("a process without permissions decodes them", async () => {
  using processes = new CropProcesses(1);
  for (const name of ["orientation 6.heic", "orientation 6.avif"]) {
    const answer = await processes.cut({ photo: fileOf(name).bytes, resize: 16, size: 16 });
    assert.ok("crop" in answer, JSON.stringify(answer));
    assert.equal(answer.crop.length, 16 * 16 * 3);
  }
});

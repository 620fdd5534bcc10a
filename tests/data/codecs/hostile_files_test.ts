/** Small files that ask for far more work or memory than a photo needs: each is refused by name. */
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { decodeImage } from "../../../data/decode.ts";
import { readTiffDirectory, TAG } from "../../../data/codecs/tiff_directory.ts";
import { exifOrientation } from "../../../data/exif_orientation.ts";
import photoFiles from "../../../bench/certify/fixtures/data/photo_files.json" with {
  type: "json",
};
import unusualFiles from "../../fixtures/data/unusual_photo_files.json" with { type: "json" };
import { concat, pngOf, tiffFile } from "../image_files.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

function fileOf(name: string): Uint8Array {
  const { file } = photoFiles.find((each) => each.name === name)!;
  return Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
}

/** Entries that all name the same 200,000 bytes or more, and one that holds an orientation. */
function hostileDirectory(entries: number): Uint8Array {
  const directory = new DataView(new ArrayBuffer(10 + 12 * entries + 4));
  directory.setUint32(0, 0x002a4949, true);
  directory.setUint32(4, 8, true);
  directory.setUint16(8, entries, true);
  for (let i = 0; i < entries; i++) {
    const at = 10 + 12 * i;
    const orientation = i === entries - 1;
    directory.setUint16(at, orientation ? TAG.orientation : 1000 + i, true);
    directory.setUint16(at + 2, orientation ? 3 : 1, true);
    directory.setUint32(at + 4, orientation ? 1 : directory.byteLength - 8, true);
    directory.setUint32(at + 8, orientation ? 6 : 8, true);
  }
  return new Uint8Array(directory.buffer);
}

Deno.test("of a directory no more values are read than are asked for, whatever it claims", () => {
  const bytes = tiffFile(
    [[TAG.stripOffsets, Array.from({ length: 50_000 }, (_, i) => i)]],
    ascii(""),
  );
  const { get } = readTiffDirectory(bytes);
  assert.deepEqual(get(TAG.stripOffsets), [0]);
  assert.deepEqual(get(TAG.stripOffsets, 3), [0, 1, 2]);
  assert.equal(get(TAG.stripOffsets, 1e9)?.length, 50_000);
  assert.equal(get(TAG.orientation), undefined);
});

Deno.test("EXIF of thousands of entries that name the same bytes still gives its orientation", () => {
  const exif = concat(ascii("Exif\0\0"), hostileDirectory(5000));
  const segment = [0xff, 0xe1, exif.length + 2 >> 8, exif.length + 2 & 0xff];
  const jpeg = fileOf("4:4:4.jpeg");
  const hostile = concat(jpeg.subarray(0, 2), segment, exif, jpeg.subarray(2));
  assert.equal(exifOrientation(hostile, "jpeg"), 6);
});

Deno.test("a TIFF directory of 65,535 such entries is refused at once", async () => {
  await assert.rejects(decodeImage(hostileDirectory(65_535)), /unsupported: a TIFF with/);
});

/** Grey tiles, compressed by deflate, which all share one. */
function sharedTiles(width: number, height: number, tileWidth: number, tileHeight: number) {
  const stored = new Uint8Array(deflateSync(new Uint8Array(tileWidth * tileHeight)));
  const tiles = Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight);
  return tiffFile([
    [TAG.width, [width]],
    [TAG.height, [height]],
    [TAG.bitsPerSample, [8]],
    [TAG.compression, [8]],
    [TAG.photometric, [1]],
    [TAG.tileWidth, [tileWidth]],
    [TAG.tileHeight, [tileHeight]],
    [TAG.tileOffsets, Array(tiles).fill(8)],
    [TAG.tileByteCounts, Array(tiles).fill(stored.length)],
  ], stored);
}

Deno.test("TIFF tiles far larger than the photo, or far too many, are refused by name", async () => {
  const refused = { message: /strips or tiles name more data than a photo of \d+ by \d+ needs/ };
  await assert.rejects(decodeImage(sharedTiles(1, 200, 10_000_000, 1)), refused);
  await assert.rejects(decodeImage(sharedTiles(400, 400, 1, 1)), refused);
  await assert.rejects(decodeImage(sharedTiles(8000, 8000, 8000, 80)), refused);
  // As honest programs write them: larger than the photo, and one row each.
  const { width, data } = await decodeImage(sharedTiles(10, 10, 512, 512));
  assert.deepEqual([width, data.length], [10, 300]);
  assert.equal((await decodeImage(sharedTiles(100, 3000, 100, 1))).height, 3000);
});

Deno.test("a compressed TIFF strip of hundreds of megabytes is refused before memory is taken", async () => {
  const stored = new Uint8Array(deflateSync(new Uint8Array(1_000_000)));
  const file = tiffFile([
    [TAG.width, [9000]],
    [TAG.height, [9000]],
    [TAG.bitsPerSample, Array(8).fill(16)],
    [TAG.compression, [8]],
    [TAG.photometric, [2]],
    [TAG.samplesPerPixel, [8]],
    [TAG.stripOffsets, [8]],
    [TAG.stripByteCounts, [stored.length]],
  ], concat(stored, new Uint8Array(400_000)));
  await assert.rejects(decodeImage(file), /too large: TIFF strip of over 256 MB/);
});

Deno.test("pixels that a file is too short to hold are refused before memory is taken", async () => {
  const few = new Uint8Array(deflateSync(new Uint8Array(1000)));
  await assert.rejects(decodeImage(pngOf(9000, 9000, few)), /truncated/);
  const gif = [0x28, 0x23, 0x28, 0x23];
  const nothing = concat(ascii("GIF89a"), gif, [0, 0, 0, 0x2c, 0, 0, 0, 0], gif, [
    0,
    2,
    1,
    0x4c,
    0,
    0x3b,
  ]);
  await assert.rejects(decodeImage(nothing), /truncated: GIF file is too short/);
  const bmp = fileOf("P.bmp");
  const view = new DataView(bmp.buffer);
  view.setUint32(18, 9000, true);
  view.setUint32(22, 9000, true);
  view.setUint32(30, 1, true);
  await assert.rejects(decodeImage(bmp), /truncated: BMP file is too short/);
  const jpeg = fileOf("4:4:4.jpeg");
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  jpeg.set([0x23, 0x28, 0x23, 0x28], frame + 5);
  await assert.rejects(decodeImage(jpeg), /truncated: JPEG file is too short/);
  // Lossless: a signature, then width and height less one, of 14 bits each.
  const webp = concat(ascii("RIFF"), [18, 0, 0, 0], ascii("WEBPVP8L"), [
    6,
    0,
    0,
    0,
    0x2f,
    0,
    0,
    0,
    0,
    0,
  ]);
  new DataView(webp.buffer).setUint32(21, 8999 | 8999 << 14, true);
  await assert.rejects(decodeImage(webp), /truncated: WebP file is too short/);
  await assert.rejects(decodeImage(ascii("P3 9000 9000 255 1 2 3")), /truncated/);
});

Deno.test("a frame of an animation that is larger than it says is refused before it is decoded", async () => {
  const file = Uint8Array.from(
    atob(unusualFiles.find(({ name }) => name === "animated lossless.webp")!.file),
    (c) => c.charCodeAt(0),
  );
  const frame = file.findIndex((_, i) =>
    String.fromCharCode(...file.subarray(i, i + 4)) === "VP8L"
  );
  new DataView(file.buffer).setUint32(frame + 9, 8999 | 8999 << 14, true);
  await assert.rejects(decodeImage(file), /corrupt: WebP frame has not the size that it says/);
});

Deno.test("a screen far larger than its GIF frame needs bytes of its own", async () => {
  const far = [0xff, 0xff, 0x50, 5]; // 65535 by 1360
  const dot = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0, 0x3b];
  const file = concat(ascii("GIF89a"), far, [0x80, 0, 0, 10, 20, 30, 40, 50, 60], dot);
  await assert.rejects(decodeImage(file), /truncated: GIF file is too short/);
});

Deno.test("a picture of endless rows is refused by its size", async () => {
  const rows = new Uint8Array(deflateSync(new Uint8Array(1000)));
  await assert.rejects(
    decodeImage(pngOf(1, 80_000_000, rows)),
    /too large: 1×80000000 pixels: no side/,
  );
});

Deno.test("PNG pixels that go on for megabytes are read as far as they are needed", async () => {
  const file = pngOf(2, 2, new Uint8Array(deflateSync(new Uint8Array(50_000_000))));
  assert.equal((await decodeImage(file)).data.length, 12);
});

/** The last scan of a file, `scans` times. */
function repeatScan(file: Uint8Array, scans: number): Uint8Array {
  let start = -1;
  for (let at = 2; at < file.length - 1; at++) {
    if (file[at] === 0xff && file[at + 1] === 0xda) start = at;
  }
  const end = file.length - 2;
  const scan = [...file.subarray(start, end)];
  return concat(file.subarray(0, start), Array(scans).fill(scan).flat(), [0xff, 0xd9]);
}

Deno.test("a JPEG of more scans than any program writes is refused by name", async () => {
  const file = fileOf("progressive.jpeg");
  await assert.rejects(
    decodeImage(repeatScan(file, 100)),
    /too large: 1\d\d scans are more than a JPEG of 23 by 17 needs/,
  );
  assert.equal((await decodeImage(repeatScan(file, 5))).width, 23);
  // Bytes that look like scans in what follows the end, a video say, do not count.
  const video = concat(file, Array(400).fill([0xff, 0xda]).flat());
  assert.equal((await decodeImage(video)).width, 23);
});

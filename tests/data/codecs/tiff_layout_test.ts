import assert from "node:assert/strict";
import { readTiffDirectory, TAG } from "../../../data/codecs/tiff_directory.ts";
import { readTiffLayout } from "../../../data/codecs/tiff_layout.ts";
import { type TiffField, tiffFile } from "../image_files.ts";

/** Of a photo of 3 by 2 in RGB, but for the fields given. */
function layoutOf(...fields: TiffField[]) {
  const usual: TiffField[] = [
    [TAG.width, [3]],
    [TAG.height, [2]],
    [TAG.bitsPerSample, [8, 8, 8]],
    [TAG.photometric, [2]],
    [TAG.samplesPerPixel, [3]],
    [TAG.stripOffsets, [8]],
    [TAG.stripByteCounts, [18]],
  ];
  // The first of two fields with one tag counts.
  return readTiffLayout(readTiffDirectory(tiffFile([...fields, ...usual], new Uint8Array(18))));
}

const REFUSED: [string, TiffField[], RegExp][] = [
  ["fax", [[TAG.compression, [4]]], /a TIFF compressed for fax \(CCITT group 4\)/],
  ["old JPEG", [[TAG.compression, [6]]], /a TIFF of old-style JPEG/],
  ["Zstandard", [[TAG.compression, [50000]]], /a TIFF compressed with Zstandard/],
  ["unknown", [[TAG.compression, [77]]], /a TIFF with an unknown compression \(77\)/],
  ["Lab", [[TAG.photometric, [8]]], /a TIFF of Lab colours/],
  ["raw of a camera", [[TAG.photometric, [32803]]], /colours of an unknown kind \(32803\)/],
  ["subsampled", [[TAG.photometric, [6]], [TAG.subsampling, [2, 2]]], /fewer samples of colour/],
  ["signed", [[TAG.sampleFormat, [2]]], /8-bit signed, float or complex numbers/],
  ["12 bits", [[TAG.bitsPerSample, [12, 12, 12]]], /3 channels of 12 bits/],
  ["565", [[TAG.bitsPerSample, [5, 6, 5]]], /channels that differ in bits/],
  ["predictor", [[TAG.predictor, [3]]], /with predictor 3/],
  ["floats", [[TAG.bitsPerSample, [32]], [TAG.sampleFormat, [3]]], /colours in floating point/],
  [
    "JPEG in planes",
    [[TAG.compression, [7]], [TAG.planarConfiguration, [2]]],
    /of JPEG .* in planes/,
  ],
];

Deno.test("kinds of TIFF that are not read are called by their names, and with a remedy", () => {
  for (const [name, fields, expected] of REFUSED) {
    assert.throws(() => layoutOf(...fields), { name: "ImageError", message: expected }, name);
    assert.throws(() => layoutOf(...fields), /^ImageError: unsupported: .*save it as PNG$/, name);
  }
});

Deno.test("channels that are neither colour nor alpha that it was multiplied with are not kept", () => {
  const five: TiffField[] = [[TAG.samplesPerPixel, [5]], [TAG.bitsPerSample, Array(5).fill(8)]];
  assert.equal(layoutOf().kept, 3);
  assert.equal(layoutOf(...five, [TAG.extraSamples, [2, 0]]).kept, 3);
  const multiplied = layoutOf(...five, [TAG.extraSamples, [1, 0]]);
  assert.deepEqual([multiplied.kept, multiplied.premultiplied], [4, true]);
});

Deno.test("as many offsets are read as the photo has strips, whatever the file lists", () => {
  const offsets = Array.from({ length: 10_000 }, () => 8);
  assert.equal(layoutOf([TAG.stripOffsets, offsets], [TAG.rowsPerStrip, [1]]).offsets.length, 2);
});

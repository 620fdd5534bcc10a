import assert from "node:assert/strict";
import { readCamera } from "../../data/exif_time.ts";
import { concat } from "./image_files.ts";

const ascii = (text: string) => [...new TextEncoder().encode(text)];

/** The header of a JPEG whose EXIF data have one field of text. */
function jpegWith(tag: number, text: string): Uint8Array {
  const exif = [
    ...ascii("Exif\0\0II*\0"),
    ...[8, 0, 0, 0, 1, 0],
    ...[tag & 255, tag >> 8, 2, 0, text.length, 0, 0, 0, 26, 0, 0, 0],
    ...[0, 0, 0, 0],
    ...ascii(text),
  ];
  return concat(
    [0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2, ...exif],
    [0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0],
    [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
  );
}

Deno.test("a camera is called as EXIF calls its maker and model, without what comes after", () => {
  assert.equal(readCamera(jpegWith(272, "Camera One \0junk"), "jpeg"), "Camera One");
  assert.equal(readCamera(jpegWith(272, "      \0"), "jpeg"), undefined);
  assert.equal(readCamera(jpegWith(271, "Maker alone"), "jpeg"), "Maker alone");
  assert.equal(readCamera(jpegWith(305, "Software"), "jpeg"), undefined);
  assert.equal(readCamera(jpegWith(272, "Camera One").slice(0, 40), "jpeg"), undefined);
  assert.equal(readCamera(new Uint8Array(10), "bmp"), undefined);
});

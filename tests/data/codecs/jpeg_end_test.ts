/** Where a JPEG file's end was there may be zeros, or nothing. */
import assert from "node:assert/strict";
import { decodeJpeg } from "../../../data/codecs/jpeg.ts";
import photoFiles from "../../../bench/certify/fixtures/data/photo_files.json" with {
  type: "json",
};
import { concat } from "../image_files.ts";

function fileOf(name: string): Uint8Array {
  const { file } = photoFiles.find((each) => each.name === name)!;
  return Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
}

const truncated = { message: "truncated: JPEG file ends amid its pixels" };

Deno.test("zeros stand for the end of a baseline file whose pixels are whole, as for Pillow", async () => {
  for (const name of ["4:4:4.jpeg", "4:2:0.jpeg", "grey.jpeg"]) {
    const file = fileOf(name);
    const whole = await decodeJpeg(file);
    for (const zeros of [2, 3, 5000]) {
      const mended = await decodeJpeg(concat(file.slice(0, -2), new Uint8Array(zeros)));
      assert.deepEqual(mended, whole, name);
    }
  }
});

Deno.test("they do not where pixels are missing, nor in a progressive file, as for Pillow", async () => {
  const file = fileOf("4:2:0.jpeg");
  const lost = concat(file.slice(0, -60), new Uint8Array(20));
  await assert.rejects(decodeJpeg(lost), truncated);
  const progressive = concat(fileOf("progressive.jpeg").slice(0, -2), [0, 0]);
  await assert.rejects(decodeJpeg(progressive), truncated);
  await assert.rejects(decodeJpeg(file.slice(0, -2)), truncated);
});

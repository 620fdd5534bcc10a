import assert from "node:assert/strict";
import fc from "fast-check";
import { readShot } from "../../data/exif_time.ts";
import { concat, exifOf, png, withExif } from "./image_files.ts";
import { scene } from "./scene.ts";

const PHOTO = png(scene(1, 8, 6));
const TAKEN = "2024:02:29 18:03:59";
const SECONDS = Date.UTC(2024, 1, 29, 18, 3, 59) / 1000;
const shot = (exif: Uint8Array) => readShot(withExif(PHOTO, exif), "png");

Deno.test("the time of a shot and the camera's name are read in either byte order", () => {
  for (const little of [true, false]) {
    assert.deepEqual(shot(exifOf({ taken: TAKEN, make: "Acme", model: "Cam 2", little })), {
      camera: "Acme Cam 2",
      seconds: SECONDS,
    });
  }
  assert.deepEqual(shot(exifOf({ taken: TAKEN })), { camera: "", seconds: SECONDS });
});

Deno.test("in JPEG it stands in a segment, in containers of boxes anywhere", () => {
  const exif = concat(
    [...new TextEncoder().encode("Exif\0\0")],
    exifOf({ taken: TAKEN, model: "Camera" }),
  );
  const jpeg = concat(
    [0xff, 0xd8, 0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 255],
    exif,
    // A header of a grey photo, 8 by 8, on which reading ends.
    [0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0],
    [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
  );
  assert.deepEqual(readShot(jpeg, "jpeg"), { camera: "Camera", seconds: SECONDS });
  const boxes = concat([0, 0, 0, 24, 0x45, 0x78], new Uint8Array(300), exif, new Uint8Array(50));
  assert.deepEqual(readShot(boxes, "heic"), { camera: "Camera", seconds: SECONDS });
  assert.equal(readShot(boxes.slice(0, 200), "heic"), undefined);
});

Deno.test("a photo without a time has none, nor one whose clock was never set", () => {
  assert.equal(readShot(PHOTO, "png"), undefined);
  assert.equal(readShot(new TextEncoder().encode("P6 1 1 255\n\0\0\0"), "pnm"), undefined);
  for (
    const taken of ["0000:00:00 00:00:00", "    :  :     :  :  ", "2024:13:01 00:00:00", "", "now"]
  ) {
    assert.equal(shot(exifOf({ taken })), undefined, taken);
  }
});

Deno.test("whatever a file's directories say, reading ends and breaks nothing", () => {
  const whole = exifOf({ taken: TAKEN, make: "Acme", model: "Camera" });
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }),
    fc.nat(whole.length),
    (changes, length) => {
      const damaged = whole.slice();
      for (const [at, byte] of changes) damaged[at] = byte;
      const read = readShot(withExif(PHOTO, damaged.slice(0, length)), "png");
      assert.ok(read === undefined || Number.isFinite(read.seconds));
    },
  ));
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { drawCrop } from "../../data/crop.ts";
import { drawnOn, type Fit, fitCut, FITS, fittedBox, ofPhoto } from "../../data/fit.ts";
import type { Interpolation } from "../../data/resize.ts";
import { Generator } from "../../data/torch_random.ts";
import { evaluationCrop, viewPhoto } from "../../data/transforms.ts";
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";
import fixture from "../fixtures/data/fit.json" with { type: "json" };

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

for (const [photo, [width, height]] of fixture.sizes.entries()) {
  Deno.test(`a ${width}×${height} photo and parts of it are padded as Pillow pads, squashed as torchvision resizes`, () => {
    const image = syntheticPhoto(photo + 1, width, height);
    const cases = fixture.cases.filter((each) => each.photo === photo);
    assert.ok(cases.length > 0);
    for (const { cut, size, interpolation, pad, squash } of cases) {
      const view = { size, interpolation: interpolation as Interpolation, mean: fixture.mean };
      const padded = fitCut(image, cut, { ...view, fit: "pad" });
      // Where Pillow would leave nothing of the photo, a pixel stays.
      if (pad !== null) assert.equal(sha256(padded), pad, `${JSON.stringify(cut)} to ${size}`);
      assert.equal(padded.length, size * size * 3);
      const squashed = fitCut(image, cut, { ...view, fit: "squash" });
      assert.equal(sha256(squashed), squash, `${JSON.stringify(cut)} to ${size}`);
      const isWhole = cut.width === width && cut.height === height;
      if (!isWhole) continue;
      const whole = { ...view, resize: size };
      assert.deepEqual(viewPhoto(image, { ...whole, fit: "pad" }), padded);
      assert.deepEqual(viewPhoto(image, { ...whole, fit: "squash" }), squashed);
    }
  });
}

Deno.test("without a word, photos are cropped as they always were", () => {
  const image = syntheticPhoto(2, 50, 37);
  const expected = evaluationCrop(image, 20, 16, "bicubic");
  for (const fit of [undefined, "crop"] as const) {
    const view = { fit, resize: 20, size: 16, interpolation: "bicubic", mean: [1, 1, 1] } as const;
    assert.deepEqual(viewPhoto(image, view), expected);
  }
});

Deno.test("parts of any photo lie in it, and have its proportions within what torchvision allows", () => {
  const generator = new Generator(5);
  for (let i = 0; i < 500; i++) {
    const photo = { width: generator.randint(1, 400), height: generator.randint(1, 400) };
    for (const fit of FITS) {
      const sides = drawnOn(photo, fit);
      const drawn = drawCrop(generator, sides.width, sides.height);
      const { left, top, width, height, flip } = ofPhoto(drawn, photo, fit);
      const what = JSON.stringify({ photo, fit, drawn, left, top, width, height });
      assert.equal(flip, drawn.flip);
      assert.ok([left, top, width, height].every(Number.isInteger), what);
      assert.ok(left >= 0 && top >= 0 && width >= 1 && height >= 1, what);
      assert.ok(left + width <= photo.width && top + height <= photo.height, what);
      if (fit === "crop") continue;
      // Rounding moves each end by half a pixel.
      const side = Math.max(photo.width, photo.height);
      assert.ok(Math.abs(width - drawn.width * photo.width / side) <= 1, what);
      assert.ok(Math.abs(height - drawn.height * photo.height / side) <= 1, what);
    }
  }
});

Deno.test("a part that is all of the photo is what evaluation sees of it", () => {
  for (const [width, height] of [[30, 90], [90, 30], [40, 40]]) {
    const photo = { width, height };
    for (const fit of ["pad", "squash"] as Fit[]) {
      const { width: across, height: down } = drawnOn(photo, fit);
      const all = { left: 0, top: 0, width: across, height: down };
      assert.deepEqual(ofPhoto(all, photo, fit), { left: 0, top: 0, width, height });
    }
  }
});

Deno.test("the square lies on the photo where heat of its middle is the photo's middle", () => {
  assert.deepEqual(fittedBox({ width: 100, height: 60 }, "pad"), {
    left: 0,
    top: -20,
    width: 100,
    height: 100,
  });
  assert.deepEqual(fittedBox({ width: 60, height: 100 }, "squash"), {
    left: 0,
    top: 0,
    width: 60,
    height: 100,
  });
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { preprocessPhoto } from "../../data/preprocess.ts";
import { trainingCrop } from "../../data/training_crop.ts";
import { evaluationCrop, normalizer } from "../../data/transforms.ts";
import fixture from "../../bench/certify/fixtures/data/transforms.json" with { type: "json" };
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";

function sha256(bytes: Uint8Array | Float32Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

for (const [photo, [width, height]] of fixture.sizes.entries()) {
  const image = syntheticPhoto(photo + 1, width, height);

  Deno.test(`crops of a ${width}×${height} photo, resized and flipped, are torchvision's`, () => {
    const cases = fixture.training.filter((each) => each.photo === photo);
    assert.ok(cases.length > 0);
    for (const { crop, size, sha256: expected } of cases) {
      const cropped = trainingCrop(image, crop, { size });
      assert.equal(sha256(cropped), expected, `${JSON.stringify(crop)} to ${size}`);
    }
  });

  Deno.test(`Resize and CenterCrop of a ${width}×${height} photo are torchvision's`, () => {
    const cases = fixture.evaluation.filter((each) => each.photo === photo);
    assert.ok(cases.length > 0);
    for (const { resize, size, sha256: expected } of cases) {
      assert.equal(sha256(evaluationCrop(image, resize, size)), expected, `${resize}, ${size}`);
    }
  });
}

for (const { mean, std, sha256: expected } of fixture.normalization) {
  Deno.test(`every byte normalised by ${mean} and ${std} is torch's float32`, () => {
    const bytes = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
    const out = new Float32Array(bytes.length);
    normalizer({ mean, std })(bytes, out);
    assert.equal(sha256(out), expected);
  });
}

Deno.test("a photo to predict is prepared as one to evaluate", () => {
  const photo = syntheticPhoto(3, 120, 90);
  const normalization = fixture.normalization[0];
  const input = preprocessPhoto(photo, { resize: 40, size: 32, ...normalization });
  const expected = new Float32Array(32 * 32 * 3);
  normalizer(normalization)(evaluationCrop(photo, 40, 32), expected);
  assert.deepEqual(input, expected);
});

Deno.test("a normalisation that cannot be is refused", () => {
  assert.throws(() => normalizer({ mean: [0, 0], std: [1, 1] }), /3 means and 3 stds/);
  assert.throws(() => normalizer({ mean: [0, 0, 0], std: [1, 0, 1] }), /above 0/);
});

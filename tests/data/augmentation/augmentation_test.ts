/** Beside torchvision's v2 transforms, by seed: the fixture is of tests/reference/augmentation.py. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { syntheticPhoto } from "../../../bench/certify/synthetic_photo.ts";
import { drawColorJitter } from "../../../data/augmentation/color_jitter.ts";
import { drawAugmented } from "../../../data/augmentation/draw_augmented.ts";
import { changePixels, type PixelChange } from "../../../data/augmentation/pixel_change.ts";
import { drawErasing } from "../../../data/augmentation/random_erasing.ts";
import { drawTrivialAugment } from "../../../data/augmentation/trivial_augment.ts";
import { resize } from "../../../data/resize.ts";
import { Generator } from "../../../data/torch_random.ts";
import { erase, trainingCrop } from "../../../data/training_crop.ts";
import { normalizer } from "../../../data/transforms.ts";
import fixture from "../../fixtures/data/augmentation.json" with { type: "json" };

const { size, small, mean, std } = fixture;
const photo = (stream: number, width: number, height: number) =>
  resize(syntheticPhoto(stream, small, small), width, height);
const sha256 = (bytes: Uint8Array | Float32Array) =>
  createHash("sha256").update(bytes).digest("hex").slice(0, 16);

function differing(expected: string[], draw: (generator: Generator) => PixelChange[]): string[] {
  const { data } = photo(1, size, size);
  return expected.flatMap((digest, seed) => {
    const changes = draw(new Generator(seed));
    const changed = changes.reduce((pixels, change) => changePixels(pixels, size, change), data);
    return sha256(changed) === digest ? [] : [`seed ${seed}: ${JSON.stringify(changes)}`];
  });
}

Deno.test("TrivialAugmentWide is torchvision's, byte for byte, for any seed", () => {
  const draw = (generator: Generator) => [drawTrivialAugment(generator, size) ?? []].flat();
  assert.deepEqual(differing(fixture.trivial, draw), []);
  const kinds = new Set(fixture.trivial.map((_, seed) => draw(new Generator(seed))[0]?.kind));
  assert.equal(kinds.size, 11, "of each kind a seed, and of none");
});

Deno.test("ColorJitter is torchvision's, its order and beyond doubling too", () => {
  assert.deepEqual(differing(fixture.jitter, (generator) => drawColorJitter(generator, 0.4)), []);
  assert.deepEqual(
    differing(fixture.strongJitter, (generator) => drawColorJitter(generator, 1.5)),
    [],
  );
});

Deno.test("rotation is torchvision's RandomRotation", () => {
  const draw = (generator: Generator): PixelChange[] => [
    { kind: "rotate", degrees: generator.uniform(-30, 30) },
  ];
  assert.deepEqual(differing(fixture.rotation, draw), []);
});

Deno.test("erased boxes are torchvision's RandomErasing", () => {
  const boxes = fixture.erasing.map((_, seed) => {
    const box = drawErasing(new Generator(seed), size, 0.7);
    return box ? [box.left, box.top, box.width, box.height] : null;
  });
  assert.deepEqual(boxes, fixture.erasing);
});

Deno.test("one after the other they are a v2.Compose, to normalised values", () => {
  const image = photo(3, 97, 61);
  const augmentation = { minScale: 0.3, degrees: 20, jitter: 0.4, trivial: true, erasing: 0.5 };
  const digests = fixture.whole.map((_, seed) => {
    const crop = drawAugmented(new Generator(seed), image, size, augmentation);
    const values = new Float32Array(size * size * 3);
    normalizer({ mean, std })(trainingCrop(image, crop, { size }), values);
    if (crop.erased) erase(values, size, crop.erased);
    return sha256(values);
  });
  assert.deepEqual(digests, fixture.whole);
});

Deno.test("what is switched off draws nothing and changes nothing", () => {
  const off = { minScale: 0.08, degrees: 0, jitter: 0, trivial: false, erasing: 0 };
  const generator = new Generator(5), same = new Generator(5);
  const crop = drawAugmented(generator, { width: 90, height: 70 }, size, off);
  assert.deepEqual(Object.keys(crop).sort(), ["flip", "height", "left", "top", "width"]);
  const plain = drawAugmented(same, { width: 90, height: 70 }, size, off);
  assert.deepEqual(crop, plain);
  assert.deepEqual(generator.saveState(), same.saveState());
});

Deno.test("a flat square stays as it is where its histogram says nothing", () => {
  const flat = new Uint8Array(4 * 4 * 3).fill(77);
  for (const kind of ["autocontrast", "equalize"] as const) {
    assert.deepEqual(changePixels(flat, 4, { kind }), flat);
  }
});

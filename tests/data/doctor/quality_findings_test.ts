import assert from "node:assert/strict";
import { qualityFindings } from "../../../data/doctor/quality_findings.ts";
import type { RgbImage } from "../../../data/image.ts";
import { lookOf } from "../../../data/look.ts";
import { resize } from "../../../data/resize.ts";
import { scene } from "../scene.ts";

const WIDTH = 160, HEIGHT = 120;
const sound = (seed: number) => scene(seed, WIDTH, HEIGHT);

const each = (image: RgbImage, change: (value: number) => number): RgbImage => ({
  ...image,
  data: Uint8Array.from(image.data, (value) => Math.max(0, Math.min(255, change(value)))),
});

/** All grey values and no edge: a scene's few colours, blurred, look to cleanvision like a drawing. */
function slope({ width, height }: RgbImage): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const way = (i % width) / width + Math.floor(i / width) / height;
    data.fill(30 + 70 * way, 3 * i, 3 * i + 3);
  }
  return { width, height, data };
}

const photosOf = (images: Record<string, RgbImage>) =>
  Object.entries(images).map(([path, image]) => ({
    path,
    width: image.width,
    height: image.height,
    look: lookOf(image),
  }));

const SOUND = Object.fromEntries(
  Array.from({ length: 14 }, (_, i) => [`sound ${i}`, sound(i)]),
);

Deno.test("sound photos have nothing to be said of them", () => {
  assert.deepEqual(qualityFindings(photosOf(SOUND)), []);
});

for (
  const [kind, change] of [
    ["dark", (image) => each(image, (value) => value / 5)],
    ["bright", (image) => each(image, (value) => 247 + value / 32)],
    ["blurred", slope],
    ["low_information", (image) => each(image, () => 120)],
    ["odd_size", (image) => resize(image, WIDTH / 5, HEIGHT / 5)],
  ] as [string, (image: RgbImage) => RgbImage][]
) {
  Deno.test(`of photos, those that are ${kind} are found, and no others`, () => {
    const found = qualityFindings(photosOf({ ...SOUND, "the one": change(sound(40)) }));
    assert.deepEqual(found.map(({ kind, files }) => [kind, files]), [[kind, ["the one"]]]);
  });
}

Deno.test("the worst of a kind comes first", () => {
  const darker = (by: number) => each(sound(41), (value) => value / by);
  const [{ files }] = qualityFindings(photosOf({ ...SOUND, "a": darker(4), "b": darker(6) }));
  assert.deepEqual(files, ["b", "a"]);
});

Deno.test("where sizes differ by little, or photos are few, none is odd", () => {
  const near = photosOf({ ...SOUND, "near": resize(sound(9), WIDTH - 20, HEIGHT - 15) });
  assert.deepEqual(qualityFindings(near), []);
  const few = Object.fromEntries(Object.entries(SOUND).slice(0, 8));
  const small = resize(sound(9), WIDTH / 5, HEIGHT / 5);
  assert.deepEqual(qualityFindings(photosOf({ ...few, small })), []);
});

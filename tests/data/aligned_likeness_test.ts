/** Copies against different objects before one backdrop: how many are told, and how many rightly. */
import assert from "node:assert/strict";
import { showsTheSame } from "../../data/aligned_likeness.ts";
import { fingerprintOf } from "../../data/fingerprint.ts";
import type { RgbImage } from "../../data/image.ts";
import { nearDuplicates } from "../../data/near_duplicates.ts";
import { resize } from "../../data/resize.ts";
import { scene } from "./scene.ts";

const [WIDTH, HEIGHT] = [160, 120];
const COUNT = 25;

function cropped({ width, height, data }: RgbImage, share: number): RgbImage {
  const [left, top] = [Math.round(width * share), Math.round(height * share)];
  const [w, h] = [width - 2 * left, height - 2 * top];
  const out = new Uint8Array(w * h * 3);
  for (let y = 0; y < h; y++) {
    const from = ((top + y) * width + left) * 3;
    out.set(data.subarray(from, from + w * 3), y * w * 3);
  }
  return { width: w, height: h, data: out };
}

const changed = (image: RgbImage, change: (value: number, i: number) => number): RgbImage => ({
  ...image,
  data: Uint8Array.from(image.data, (value, i) => Math.max(0, Math.min(255, change(value, i)))),
});

/** Noise as of a sensor, or of strong compression. */
const noisy = (image: RgbImage, seed: number) =>
  changed(image, (value, i) => value + ((Math.imul(i + seed, 2654435761) >>> 24) - 128) / 16);

const grey = (image: RgbImage) =>
  changed(image, (_, i) => {
    const at = i - i % 3;
    return 0.299 * image.data[at] + 0.587 * image.data[at + 1] + 0.114 * image.data[at + 2];
  });

const COPIES: Record<string, (image: RgbImage, seed: number) => RgbImage> = {
  recompressed: noisy,
  smaller: (image) => resize(image, WIDTH / 2, HEIGHT / 2),
  brighter: (image) => changed(image, (value) => 1.15 * value),
  "cropped by 4%": (image) => cropped(image, 0.02),
  "cropped by a tenth": (image) => cropped(image, 0.05),
  grey,
};

/** An object of a shape, size and pattern by chance, before a backdrop. */
function withObject(backdrop: RgbImage, seed: number, side: number): RgbImage {
  const object = scene(seed, side, side);
  const data = backdrop.data.slice();
  const [left, top] = [(WIDTH - side) >> 1, (HEIGHT - side) >> 1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (Math.hypot(x - side / 2, y - side / 2) > side / 2) continue;
      const from = (y * side + x) * 3;
      const to = ((top + y) * WIDTH + left + x) * 3;
      data.set(object.data.subarray(from, from + 3), to);
    }
  }
  return noisy({ width: WIDTH, height: HEIGHT, data }, seed);
}

const areSame = (a: RgbImage, b: RgbImage) => nearDuplicates([a, b].map(fingerprintOf)).length > 0;

Deno.test("of copies 9 of 10 are told, of different objects before one backdrop 1 of 20 is taken for one", () => {
  const told: Record<string, number> = {};
  for (let i = 0; i < COUNT; i++) {
    const photo = scene(i, WIDTH, HEIGHT);
    for (const [kind, copy] of Object.entries(COPIES)) {
      told[kind] = (told[kind] ?? 0) + Number(areSame(photo, copy(photo, i)));
    }
  }
  let mistaken = 0, pairs = 0;
  for (let i = 0; i < COUNT; i++) {
    const backdrop = scene(100 + i, WIDTH, HEIGHT);
    for (const side of [36, 54, 72]) {
      const [one, other] = [
        withObject(backdrop, 200 + i, side),
        withObject(backdrop, 300 + i, side),
      ];
      mistaken += Number(areSame(one, other));
      pairs++;
    }
  }
  const found = Object.values(told).reduce((sum, count) => sum + count, 0);
  const all = COUNT * Object.keys(COPIES).length;
  const summary = `${found} of ${all} copies (${
    JSON.stringify(told)
  }), ${mistaken} of ${pairs} mistaken`;
  assert.ok(found / all >= 0.9, summary);
  assert.ok(mistaken / pairs <= 0.05, summary);
  for (const [kind, count] of Object.entries(told)) {
    assert.ok(count / COUNT >= 0.6, `${kind}: ${summary}`);
  }
});

Deno.test("a picture shows the same as itself, brighter, darker or with less contrast; not as its negative", () => {
  for (let i = 0; i < 10; i++) {
    const { luma } = fingerprintOf(scene(i, 96, 72));
    assert.ok(showsTheSame(luma, luma));
    assert.ok(showsTheSame(luma, luma.map((value) => 40 + value / 2)));
    assert.ok(!showsTheSame(luma, luma.map((value) => 255 - value)));
    const { luma: other } = fingerprintOf(scene(i + 50, 96, 72));
    assert.equal(showsTheSame(luma, other), false);
    assert.equal(showsTheSame(other, luma), false);
  }
});

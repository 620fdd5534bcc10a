import assert from "node:assert/strict";
import { fingerprintOf, hashDistance, likeness, perceptualHash } from "../../data/fingerprint.ts";
import type { RgbImage } from "../../data/image.ts";
import { resize } from "../../data/resize.ts";
import { scene } from "./scene.ts";

/** imagehash.phash, word by word: a DCT of everything, its 8×8 corner, against the median. */
function naiveHash(luma: ArrayLike<number>): boolean[] {
  const corner: number[] = [];
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let y = 0; y < 32; y++) {
        for (let x = 0; x < 32; x++) {
          sum += luma[y * 32 + x] * Math.cos(Math.PI * (x + 0.5) * u / 32) *
            Math.cos(Math.PI * (y + 0.5) * v / 32);
        }
      }
      corner.push(sum);
    }
  }
  const sorted = corner.toSorted((a, b) => a - b);
  return corner.map((value) => value > (sorted[31] + sorted[32]) / 2);
}

const bitsOf = (hash: [number, number]) =>
  hash.flatMap((half) => Array.from({ length: 32 }, (_, i) => (half >>> 31 - i & 1) === 1));

const change = (image: RgbImage, value: (byte: number, i: number) => number): RgbImage => ({
  ...image,
  data: Uint8Array.from(image.data, (byte, i) => Math.max(0, Math.min(255, value(byte, i)))),
});

Deno.test("the hash is pHash's, bit by bit, and distance counts the bits that differ", () => {
  const lumas = Array.from({ length: 8 }, (_, i) => fingerprintOf(scene(i, 90, 70)).luma);
  const hashes = lumas.map(perceptualHash);
  hashes.forEach((hash, i) => assert.deepEqual(bitsOf(hash), naiveHash(lumas[i])));
  for (const a of hashes) {
    for (const b of hashes) {
      const wanted = bitsOf(a).filter((bit, i) => bit !== bitsOf(b)[i]).length;
      assert.equal(hashDistance(a, b), wanted);
    }
  }
});

Deno.test("a photo stays near itself when resized, brightened or noisy, and is far from others", () => {
  for (let seed = 0; seed < 10; seed++) {
    const image = scene(seed, 160, 120);
    const original = fingerprintOf(image);
    for (
      const copy of [
        resize(image, 80, 60),
        change(image, (byte) => 20 + 0.9 * byte),
        change(image, (byte, i) => byte + (i * 7919) % 11 - 5),
      ]
    ) {
      const fingerprint = fingerprintOf(copy);
      assert.ok(hashDistance(original.hash, fingerprint.hash) <= 6);
      assert.ok(likeness(original, fingerprint) > 0.99);
    }
    const other = fingerprintOf(scene(seed + 100, 160, 120));
    assert.ok(hashDistance(original.hash, other.hash) > 10);
    assert.ok(likeness(original, other) < 0.8);
  }
});

Deno.test("likeness is Pearson's correlation, and flat photos are like those as bright", () => {
  const [a, b] = [fingerprintOf(scene(1, 64, 64)), fingerprintOf(scene(2, 64, 64))];
  const mean = (values: Uint8Array) => values.reduce((x, y) => x + y, 0) / values.length;
  const [meanA, meanB] = [mean(a.luma), mean(b.luma)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  a.luma.forEach((value, i) => {
    both += (value - meanA) * (b.luma[i] - meanB);
    squaresA += (value - meanA) ** 2;
    squaresB += (b.luma[i] - meanB) ** 2;
  });
  assert.ok(Math.abs(likeness(a, b) - both / Math.sqrt(squaresA * squaresB)) < 1e-9);
  const flat = (level: number) =>
    fingerprintOf({ width: 9, height: 9, data: new Uint8Array(243).fill(level) });
  assert.equal(likeness(flat(90), flat(91)), 1);
  assert.equal(likeness(flat(90), flat(190)), 0);
  assert.equal(likeness(flat(90), a), 0);
  assert.deepEqual(flat(90).hash, flat(190).hash);
});

Deno.test("colour that grey values cannot tell is in the mean Cb and Cr", () => {
  const plain = (r: number, g: number, b: number) =>
    fingerprintOf({ width: 2, height: 1, data: Uint8Array.of(r, g, b, r, g, b) });
  const [grey, red, blue] = [plain(99, 99, 99), plain(200, 40, 40), plain(40, 40, 200)];
  assert.ok(Math.abs(grey.chroma[0]) < 1e-9 && Math.abs(grey.chroma[1]) < 1e-9);
  assert.deepEqual([grey.colourfulness, red.colourfulness], [0, 160]);
  assert.ok(red.chroma[1] > 60 && blue.chroma[0] > 60);
});

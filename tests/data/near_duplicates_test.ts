import assert from "node:assert/strict";
import fc from "fast-check";
import { type Fingerprint, fingerprintOf, hashDistance, likeness } from "../../data/fingerprint.ts";
import { nearDuplicates } from "../../data/near_duplicates.ts";
import { resize } from "../../data/resize.ts";
import { scene } from "./scene.ts";

const SCENES = Array.from({ length: 30 }, (_, seed) => fingerprintOf(scene(seed, 96, 72)));

/** A photo whose hash has some bits turned over, and that looks as before. */
function turned(photo: Fingerprint, bits: readonly number[]): Fingerprint {
  const hash = [...photo.hash] as [number, number];
  for (const bit of bits) hash[bit >> 5] = (hash[bit >> 5] ^ 1 << (bit & 31)) >>> 0;
  return { ...photo, hash };
}

/** Groups by comparing each with each. */
function naiveGroups(photos: readonly Fingerprint[]): number[][] {
  const group = photos.map((_, i) => i);
  photos.forEach((a, i) =>
    photos.forEach((b, j) => {
      if (j >= i || hashDistance(a.hash, b.hash) > 10 || likeness(a, b) < 0.9) return;
      const [from, to] = [group[i], group[j]];
      group.forEach((value, k) => value === from && (group[k] = to));
    })
  );
  return [...Map.groupBy(group.keys(), (i) => group[i]).values()]
    .filter(({ length }) => length > 1)
    .sort((a, b) => a[0] - b[0]);
}

Deno.test("whatever bits of a hash differ, up to ten, the pair is found; as by comparing each with each", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.nat(29), fc.uniqueArray(fc.nat(63), { maxLength: 14 })),
        { minLength: 1, maxLength: 40 },
      ),
      (copies) => {
        const photos = [...SCENES, ...copies.map(([i, bits]) => turned(SCENES[i], bits))];
        const groups = nearDuplicates(photos).sort((a, b) => a[0] - b[0]);
        assert.deepEqual(groups, naiveGroups(photos));
      },
    ),
    { numRuns: 60 },
  ));

Deno.test("copies are found among photos, and photos of the same shape in another colour are not", () => {
  const image = scene(3, 96, 72);
  const copies = [
    image,
    resize(image, 60, 45),
    { ...image, data: image.data.map((value, i) => i % 3 === 0 ? value / 3 : value) },
  ];
  const photos = [...SCENES, ...copies.map(fingerprintOf)];
  assert.deepEqual(nearDuplicates(photos), [[3, 30, 31]]);
});

Deno.test("where all photos look alike, only copies are duplicates", () => {
  // The same scene with a small spot somewhere else in each: what cells of one panel look like.
  const photos = Array.from({ length: 20 }, (_, i) => {
    const image = scene(1, 96, 72);
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        const at = ((3 * i % 56 + y) * 96 + (7 * i % 80) + x) * 3;
        image.data.fill(i % 2 ? 250 : 5, at, at + 3);
      }
    }
    return image;
  });
  const copy = resize(photos[4], 80, 60);
  assert.deepEqual(nearDuplicates([...photos, copy].map(fingerprintOf)), [[4, 20]]);
});

Deno.test("flat photos are duplicates where they are as bright, though their hashes are all the same", () => {
  const flat = (level: number) =>
    fingerprintOf({ width: 8, height: 8, data: new Uint8Array(192).fill(level) });
  const photos = [...SCENES, flat(10), flat(200), flat(11), flat(201), flat(100)];
  assert.deepEqual(nearDuplicates(photos), [[30, 32], [31, 33]]);
});

Deno.test("twenty thousand photos are compared in seconds, ten thousand copies of one too", () => {
  const photos = Array.from({ length: 20_000 }, (_, i) => {
    const scramble = (n: number) => Math.imul(n ^ n >>> 15, 0x2c1b3c6d) >>> 0;
    const [photo] = SCENES;
    return { ...photo, hash: [scramble(3 * i + 1), scramble(7 * i + 5)] as [number, number] };
  });
  const different = photos.map((photo, i) => ({ ...photo, luma: SCENES[i % 30].luma }));
  const started = performance.now();
  nearDuplicates(different);
  assert.equal(nearDuplicates(Array.from({ length: 10_000 }, () => SCENES[0])).length, 1);
  assert.ok(performance.now() - started < 20_000);
});

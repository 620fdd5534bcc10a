import assert from "node:assert/strict";
import { leastSure, telling, worstMistakes } from "../../training/notable.ts";

const photo = (index: number, label: number, logits: number[]) => ({ index, label, logits });
const PHOTOS = [
  photo(0, 0, [5, 0, 0]),
  photo(1, 1, [0, 2, 0]),
  photo(2, 1, [3, 0, 0]), // wrong, sure
  photo(3, 2, [0, 0.1, 0]), // wrong, hardly
  photo(4, 2, [0, 0, 9]),
  photo(5, 0, [8, 0, 0]),
  photo(6, 0, [900, 0, 0]), // its probability and that of 7 are 1 to the last bit
  photo(7, 0, [901, 0, 0]),
];
const indices = (photos: { index: number }[]) => photos.map(({ index }) => index);

Deno.test("the worst mistakes are those that the model was surest of; what was right is none", () => {
  assert.deepEqual(indices(worstMistakes(PHOTOS, 5)), [2, 3]);
  assert.deepEqual(indices(worstMistakes(PHOTOS, 1)), [2]);
});

Deno.test("a mistake whose class has probability 0 is the worst, not lost", () => {
  const sure = photo(9, 0, [0, 2000, 0]);
  assert.deepEqual(indices(worstMistakes([...PHOTOS, sure], 1)), [9]);
});

Deno.test("the least sure photos have the smallest margin, be they right or wrong", () => {
  assert.deepEqual(indices(leastSure(PHOTOS, 3)), [3, 1, 2]);
});

Deno.test("telling photos are half mistakes, and right ones of each class in turn", () => {
  assert.deepEqual(indices(telling(PHOTOS, 6)), [7, 1, 4, 6, 2, 3]);
  assert.deepEqual(indices(telling(PHOTOS, 2)), [7, 2]);
});

Deno.test("where one kind is short the other fills up; no photo comes twice", () => {
  const wrong = PHOTOS.slice(2, 4);
  assert.deepEqual(indices(telling(wrong, 6)), [2, 3]);
  assert.deepEqual(indices(telling(PHOTOS.slice(0, 2), 6)), [0, 1]);
  const many = indices(telling(PHOTOS, 100));
  assert.equal(many.length, PHOTOS.length);
  assert.equal(new Set(many).size, PHOTOS.length);
});

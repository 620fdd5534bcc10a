import assert from "node:assert/strict";
import { LabelNext } from "../../../app/predictions/label_next.ts";
import { scene } from "../../data/scene.ts";

const SIDE = 48;

function candidate(path: string, probability: number, features: number[], picture: number) {
  const top = [{ label: "ants", probability }, { label: "bees", probability: 1 - probability }];
  return {
    prediction: { path, ...top[0], top, logits: [0, 0] },
    features: Float32Array.from(features),
    crop: scene(picture, SIDE, SIDE).data,
  };
}

const choose = (count: number, candidates: ReturnType<typeof candidate>[]) => {
  const next = new LabelNext(count);
  candidates.forEach((one) => next.add(one));
  return next.choose();
};

Deno.test("the photo that the model is least sure of comes first, with its margin", () => {
  const chosen = choose(1, [
    candidate("sure.jpg", 0.99, [1, 0], 1),
    candidate("unsure.jpg", 0.55, [0, 1], 2),
    candidate("rather.jpg", 0.8, [1, 1], 3),
  ]);
  assert.deepEqual(chosen.map(({ path }) => path), ["unsure.jpg"]);
  assert.ok(Math.abs(chosen[0].margin - 0.1) < 1e-9);
});

Deno.test("of equally unsure photos those unlike the chosen ones come next", () => {
  const chosen = choose(3, [
    candidate("a.jpg", 0.5, [1, 0, 0], 1),
    candidate("like a.jpg", 0.501, [1, 0.05, 0], 2),
    candidate("b.jpg", 0.52, [0, 1, 0], 3),
    candidate("c.jpg", 0.53, [0, 0, 1], 4),
  ]);
  assert.deepEqual(chosen.map(({ path }) => path), ["a.jpg", "b.jpg", "c.jpg"]);
});

Deno.test("of photos that show the same only one is chosen, the least certain", () => {
  const burst = [0, 1, 2].map((i) => candidate(`${i}.jpg`, 0.5 + 0.01 * (3 - i), [1, i], 7));
  const chosen = choose(10, [...burst, candidate("other.jpg", 0.9, [0, 1], 8)]);
  assert.deepEqual(chosen.map(({ path }) => path), ["2.jpg", "other.jpg"]);
});

Deno.test("of thousands, the choice is as if all had been there at once; none there are none", () => {
  const many = Array.from(
    { length: 500 },
    (_, i) => candidate(`${i}.jpg`, 0.5 + ((i * 7919) % 500) / 1001, [i % 7, i % 11, 1], i),
  );
  const least = many.toSorted((a, b) => a.prediction.probability - b.prediction.probability);
  assert.deepEqual(choose(4, many), choose(4, least.slice(0, 40)));
  assert.deepEqual(choose(3, []), []);
});

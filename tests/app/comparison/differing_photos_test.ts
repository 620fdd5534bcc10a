import assert from "node:assert/strict";
import { differingPhotos } from "../../../app/comparison/differing_photos.ts";

const answered = (path: string, actual: string, label: string) => ({
  path,
  actual,
  answer: { label, probability: 0.75 },
});

Deno.test("photos that one alone was right about are found by path, whatever the order", () => {
  const { shared, only: [first, second] } = differingPhotos(
    [
      answered("1", "ants", "ants"),
      answered("2", "ants", "bees"),
      answered("3", "bees", "bees"),
      answered("4", "bees", "wasps"),
      answered("gone", "bees", "bees"),
    ],
    [
      answered("4", "bees", "ants"),
      answered("3", "bees", "ants"),
      answered("2", "ants", "ants"),
      answered("1", "ants", "ants"),
      answered("new", "bees", "bees"),
    ],
  );
  assert.equal(shared, 4);
  assert.deepEqual(first.map(({ path, answers }) => [path, ...answers.map(({ label }) => label)]), [
    ["3", "bees", "ants"],
  ]);
  assert.deepEqual(second.map(({ path }) => path), ["2"]);
});

Deno.test("a photo whose class was changed in between is compared with nothing", () => {
  const { shared, only } = differingPhotos(
    [answered("1", "ants", "ants")],
    [answered("1", "bees", "ants")],
  );
  assert.equal(shared, 0);
  assert.deepEqual(only, [[], []]);
});

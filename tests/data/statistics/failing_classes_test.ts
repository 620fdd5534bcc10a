import assert from "node:assert/strict";
import { failingClassesInWords } from "../../../data/statistics/failing_classes.ts";

Deno.test("classes that are never or hardly ever right are named, the worst first", () => {
  const perClass = {
    ants: { correct: 19, total: 20 },
    moons: { correct: 1, total: 9 },
    planets: { correct: 0, total: 1 },
    stars: { correct: 1, total: 5 },
    suns: { correct: 2, total: 9 },
    nothing: { correct: 0, total: 0 },
  };
  assert.equal(
    failingClassesInWords(perClass),
    "planets 0 of 1, moons 1 of 9, stars 1 of 5",
  );
});

Deno.test("a class that is named __proto__ fails like any other", () => {
  const perClass = Object.fromEntries([["__proto__", { correct: 0, total: 3 }]]);
  assert.equal(failingClassesInWords(perClass), "__proto__ 0 of 3");
});

Deno.test("of many failing classes the first are named and the others counted; of none, nothing", () => {
  const perClass = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`class ${i}`, { correct: 0, total: 9 - i }]),
    );
  assert.match(failingClassesInWords(perClass(4)), /^class 0 0 of 9, .* and 1 more class$/);
  assert.match(failingClassesInWords(perClass(7)), /class 2 0 of 7 and 4 more classes$/);
  assert.equal(failingClassesInWords({ ants: { correct: 9, total: 9 } }), "");
});

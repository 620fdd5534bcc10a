import assert from "node:assert/strict";
import { minimise, type Objective, type Pair } from "../../../training/probe/lbfgs.ts";
import { largestDifference } from "./random_features.ts";

/** Half of Σ curvature · (x − 1)². */
const bowl = (curvatures: number[]): Objective => (x, gradient) => {
  let value = 0;
  curvatures.forEach((curvature, i) => {
    gradient[i] = curvature * (x[i] - 1);
    value += gradient[i] * (x[i] - 1) / 2;
  });
  return value;
};

/** Rosenbrock's valley, which is not convex: the minimum is at (1, 1). */
const valley: Objective = ([x, y], gradient) => {
  gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
  gradient[1] = 200 * (y - x * x);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};

Deno.test("it finds the bottom of a valley that is not convex", () => {
  const { x, converged, nIter } = minimise(valley, Float64Array.of(-1.2, 1), {
    tol: 1e-10,
    maxIter: 100,
  });
  assert.ok(converged);
  assert.ok(nIter < 60, `${nIter} steps`);
  assert.ok(largestDifference(x, [1, 1]) < 1e-9);
});

Deno.test("curvatures from 1 to ten thousand are no hindrance, and none once the guess is right", () => {
  const curvatures = Array.from({ length: 13 }, (_, i) => 10 ** (i / 3));
  const start = new Float64Array(13);
  const options = { tol: 1e-9, maxIter: 1000 };
  const plain = minimise(bowl(curvatures), start, options);
  assert.ok(plain.converged);
  assert.ok(largestDifference(plain.x, new Float64Array(13).fill(1)) < 1e-9);
  const guessed = minimise(bowl(curvatures), start, {
    ...options,
    precondition: (vector) => curvatures.forEach((curvature, i) => vector[i] /= curvature),
  });
  assert.ok(guessed.converged);
  assert.ok(guessed.nIter <= 2, `${guessed.nIter} steps`);
});

Deno.test("where values differ by rounding alone, the slopes lead on", () => {
  // Beside a million, what is left of the bowl is lost from 1e-5 on.
  const high: Objective = (x, gradient) => 1e6 + bowl([1, 3])(x, gradient);
  const { x, converged } = minimise(high, Float64Array.of(5, -5), { tol: 1e-10, maxIter: 100 });
  assert.ok(converged);
  assert.ok(largestDifference(x, [1, 1]) < 1e-9);
});

Deno.test("it leaves the start as it is, and says what it reached", () => {
  const start = Float64Array.of(3);
  assert.equal(minimise(bowl([1]), Float64Array.of(1), { tol: 1e-10, maxIter: 5 }).nIter, 0);
  const none = minimise(bowl([1]), start, { tol: 1e-10, maxIter: 0 });
  assert.deepEqual([none.converged, none.maxGradient, none.value], [false, 2, 2]);
  minimise(bowl([1]), start, { tol: 1e-10, maxIter: 5 });
  assert.deepEqual([...start], [3]);
});

Deno.test("a function that is no number soon after the start does not lead astray", () => {
  const logarithmic: Objective = ([x], gradient) => {
    gradient[0] = 1 - 1 / x;
    return x - Math.log(x);
  };
  const { x, converged } = minimise(logarithmic, Float64Array.of(0.01), {
    tol: 1e-10,
    maxIter: 100,
  });
  assert.ok(converged);
  assert.ok(Math.abs(x[0] - 1) < 1e-9);
});

Deno.test("what is known of the start is not asked again: a step takes one look, and is the same", () => {
  const start = Float64Array.of(3, -2), options = { tol: 1e-10, maxIter: 1 };
  let asked = 0;
  const counted: Objective = (x, gradient) => {
    asked++;
    return bowl([1, 1])(x, gradient);
  };
  const precondition = () => {}; // right as it is
  const plain = minimise(counted, start, { ...options, precondition });
  assert.equal(asked, 2);
  const gradient = new Float64Array(2), value = bowl([1, 1])(start, gradient);
  const known = minimise(counted, start, { ...options, precondition, first: { value, gradient } });
  assert.equal(asked, 3);
  assert.deepEqual(known, plain);
});

Deno.test("a search goes on with the curvature of one before, and without it where it misleads", () => {
  const curvatures = [1, 30, 1000], start = Float64Array.of(3, -2, 5);
  const pairs: Pair[] = [], options = { tol: 1e-10, maxIter: 100 };
  const { nIter } = minimise(bowl(curvatures), start, { ...options, pairs });
  assert.ok(pairs.length > 0);
  const again = minimise(bowl(curvatures), start, { ...options, pairs });
  assert.ok(again.converged && again.nIter < nIter, `${again.nIter} steps, not under ${nIter}`);
  // Uphill is downhill by this one: no function has it.
  const wrong: Pair = { step: start, change: start.map((value) => -value), product: 1e-9 };
  const misled = minimise(bowl(curvatures), start, { ...options, pairs: [wrong] });
  assert.ok(misled.converged);
});

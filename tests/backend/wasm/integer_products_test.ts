/** Products of 16-bit integers: beside whole numbers multiplied one by one, and beside floats. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Precision } from "../../../backend/precision.ts";
import { registerWasmBackend, setThreads, WASM_BACKEND } from "../../../backend/wasm/register.ts";
import { linear } from "../../../backend/ops/linear.ts";
import { repeatStep } from "../../../backend/repeat.ts";
import { noise, noiseValues } from "../compare.ts";

registerWasmBackend({ threads: 2 });
await tf.setBackend(WASM_BACKEND);

/** The largest integer: min(K, 256) products of two such are what 32 bits hold. */
function limitOf(K: number): number {
  return Math.floor(Math.sqrt((2 ** 31 - 1) / Math.min(K, 256)));
}

/** What f computes with a precision; several times, as weights stay packed from the second on. */
function computed(precision: Precision, f: () => tf.Tensor): Float32Array {
  registerWasmBackend({ precision });
  try {
    const [first, ...again] = [1, 2, 3].map(() => tf.tidy(() => f().dataSync<"float32">()));
    for (const values of again) assert.deepEqual(values, first);
    return first;
  } finally {
    registerWasmBackend({ precision: "float32" });
  }
}

/** Half to even, as processors round. */
function rounded(x: number): number {
  const below = Math.floor(x), rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}

function inUnits(values: Float32Array): { unit: number; integers: number[] } {
  const largest = values.reduce((max, x) => Math.max(max, Math.abs(x)), 1e-30);
  const unit = Math.fround(largest / limitOf(values.length)), inverse = Math.fround(1 / unit);
  return { unit, integers: Array.from(values, (x) => rounded(x * inverse)) };
}

/** [rows, K]·[K, N] as graft's kernels say they do it, one number after the other. */
function naive(a: Float32Array, b: Float32Array, K: number, N: number): Float32Array {
  const columns = Array.from(
    { length: N },
    (_, n) => inUnits(Float32Array.from({ length: K }, (_, k) => b[k * N + n])),
  );
  const out = new Float32Array(a.length / K * N);
  for (let row = 0; row < a.length / K; row++) {
    const { unit, integers } = inUnits(a.subarray(row * K, (row + 1) * K));
    columns.forEach((column, n) => {
      let total = 0;
      for (let k0 = 0; k0 < K; k0 += 256) {
        let sum = 0;
        for (let k = k0; k < Math.min(K, k0 + 256); k++) sum += integers[k] * column.integers[k];
        assert.ok(Math.abs(sum) < 2 ** 31, "it fits 32 bits");
        const part = Math.fround(Math.fround(Math.fround(sum) * unit) * column.unit);
        total = Math.fround(total + part);
      }
      out[row * N + n] = total;
    });
  }
  return out;
}

const pointwise = (x: tf.Tensor, filter: tf.Tensor) =>
  tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 0);

Deno.test("a product is that of whole numbers, to the bit", () => {
  for (const [rows, K, N] of [[1, 16, 48], [7, 24, 56], [50, 264, 64], [13, 1280, 72]]) {
    const x = noise([1, 1, rows, K], rows), filter = noise([1, 1, K, N], K);
    const ours = computed("int16", () => pointwise(x, filter));
    assert.deepEqual(
      ours,
      naive(x.dataSync<"float32">(), filter.dataSync<"float32">(), K, N),
    );
    tf.dispose([x, filter]);
  }
});

Deno.test("sums of the largest integers of one sign do not overflow", () => {
  for (const K of [16, 104, 256, 1024]) {
    for (const sign of [1, -1]) {
      const x = tf.fill([1, 1, 5, K], 3 * sign), filter = tf.fill([1, 1, K, 48], 0.5);
      const ours = computed("int16", () => pointwise(x, filter));
      assert.ok(ours.every((y) => Math.abs(y - sign * 1.5 * K) < 1e-3 * K), `${ours[0]}`);
      tf.dispose([x, filter]);
    }
  }
});

/** Each is off by half a unit at most: what a sum of K products may be off by, of such largest values. */
function errorBound(K: number, a: number, b: number): number {
  const rounding = K * a * b * (1 / limitOf(K) + 1 / (4 * limitOf(K) ** 2));
  return rounding + K * a * b * K * 2 ** -24;
}

Deno.test("convolutions of all kinds are as near to those of floats as their integers can be", () => {
  const cases: [string, (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor, number[], number[]][] =
    [
      ["1×1", (x, f) => tf.conv2d(x, f, 1, 0), [2, 5, 7, 40], [1, 1, 40, 48]],
      ["1×1, stride 2", (x, f) => tf.conv2d(x, f, 2, 0), [1, 9, 9, 32], [1, 1, 32, 64]],
      ["3×3, stride 2", (x, f) => tf.conv2d(x, f, 2, 1), [2, 11, 10, 64], [3, 3, 64, 56]],
      ["3×3, few tiles", (x, f) => tf.conv2d(x, f, 1, 1), [1, 7, 7, 136], [3, 3, 136, 48]],
      ["5×5, dilated", (x, f) => tf.conv2d(x, f, 1, "same", "NHWC", 2), [1, 9, 8, 48], [
        5,
        5,
        48,
        48,
      ]],
    ];
  for (const [name, convolve, xShape, filterShape] of cases) {
    const x = noise(xShape, 1) as tf.Tensor4D, filter = noise(filterShape, 2) as tf.Tensor4D;
    const K = filterShape[0] * filterShape[1] * filterShape[2];
    const floats = computed("float32", () => convolve(x, filter));
    const ours = computed("int16", () => convolve(x, filter));
    const bound = errorBound(K, 1, 1);
    ours.forEach((y, i) => assert.ok(Math.abs(y - floats[i]) <= bound, `${name}: ${y}`));
    assert.notDeepEqual(ours, floats, `${name} is computed by integers`);
    tf.dispose([x, filter]);
  }
});

Deno.test("what follows a convolution, and a depthwise one behind it, are those of its values", () => {
  const x = noise([1, 9, 9, 32], 1) as tf.Tensor4D,
    filter = noise([1, 1, 32, 56], 2) as tf.Tensor4D;
  const residual = noise([1, 9, 9, 56], 3), depth = noise([3, 3, 56, 1], 4) as tf.Tensor4D;
  const scale = noise([56], 5) as tf.Tensor1D, shift = noise([56], 6) as tf.Tensor1D;
  const zero = tf.zeros([56]) as tf.Tensor1D, one = tf.ones([56]) as tf.Tensor1D;
  const normal = (y: tf.Tensor) =>
    tf.batchNorm(y as tf.Tensor4D, zero, one, shift, scale, 0) as tf.Tensor4D;
  const product = computed("int16", () => pointwise(x, filter));
  const kept = tf.tensor4d(product, [1, 9, 9, 56]);
  const endings: [string, (y: tf.Tensor4D) => tf.Tensor][] = [
    ["batch norm, a residual and relu6", (y) => tf.relu6(tf.add(normal(y), residual))],
    ["relu", (y) => tf.relu(normal(y))],
    ["depthwise", (y) => tf.depthwiseConv2d(tf.relu6(normal(y)), depth, 1, 1)],
    ["depthwise, stride 2", (y) => tf.depthwiseConv2d(tf.relu6(normal(y)), depth, 2, 1)],
    ["depthwise alone", (y) => tf.depthwiseConv2d(y, depth, 1, 1)],
  ];
  for (const [name, follow] of endings) {
    const ours = computed("int16", () => follow(pointwise(x, filter) as tf.Tensor4D));
    const expected = computed("float32", () => follow(kept));
    ours.forEach((y, i) => assert.ok(Math.abs(y - expected[i]) < 1e-4, `${name}: ${y}`));
  }
  tf.dispose([x, filter, residual, depth, scale, shift, zero, one, kept]);
});

Deno.test("a linear layer takes its bias along", () => {
  const x = noise([3, 17, 384], 1), weight = noise([384, 120], 2) as tf.Tensor2D;
  const bias = noise([120], 3) as tf.Tensor1D;
  const floats = computed("float32", () => linear(x, weight, bias));
  const ours = computed("int16", () => linear(x, weight, bias));
  const bound = errorBound(384, 1, 1);
  ours.forEach((y, i) => assert.ok(Math.abs(y - floats[i]) <= bound));
  assert.notDeepEqual(ours, floats);
  tf.dispose([x, weight, bias]);
});

Deno.test("hostile rows and columns: what floats make infinite or NaN is NaN, all else is near", () => {
  const HOSTILE = [0, -0, NaN, Infinity, -Infinity, 3e38, -3e38, 1e-45, -1e-38, 1e-31, 1e20, -5];
  const rows = 24, K = 32, N = 56;
  for (let seed = 1; seed <= 6; seed++) {
    const a = noiseValues(rows * K, seed), b = noiseValues(K * N, seed + 100);
    const picks = noiseValues(rows + 8, seed + 200);
    const pick = (i: number, from: number) => Math.floor((picks[i] + 1) / 2 * from);
    for (let row = 0; row < rows; row += 2) {
      const value = HOSTILE[(row / 2 + seed) % HOSTILE.length];
      if (row % 4 === 0) a.fill(value, row * K, (row + 1) * K);
      else a[row * K + pick(row, K)] = value;
    }
    for (let i = 0; i < 4; i++) {
      b[pick(rows + i, K) * N + pick(rows + i + 4, N)] = HOSTILE[(i + seed) % HOSTILE.length];
    }
    const x = tf.tensor4d(a, [1, 1, rows, K]), filter = tf.tensor4d(b, [1, 1, K, N]);
    const ours = computed("int16", () => pointwise(x, filter));
    const largestOf = (values: number[]) => values.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    for (let row = 0; row < rows; row++) {
      const values = Array.from(a.subarray(row * K, (row + 1) * K)), most = largestOf(values);
      for (let n = 0; n < N; n++) {
        const column = Array.from({ length: K }, (_, k) => b[k * N + n]), y = ours[row * N + n];
        const what = `seed ${seed}, row ${row}, column ${n}: ${y}`;
        if (![...values, ...column].every(Number.isFinite)) {
          assert.ok(Number.isNaN(y), what);
          continue;
        }
        const exact = values.reduce((sum, v, k) => sum + v * column[k], 0);
        const bound = errorBound(K, Math.max(most, 1e-30), Math.max(largestOf(column), 1e-30));
        const isNear = Math.abs(y - exact) <= bound + 1e-44;
        // Sums in units are larger than what they stand for, and become infinite before it.
        const mayOverflow = Math.max(K * limitOf(K) * most, Math.abs(exact) + bound) > 3e38;
        assert.ok(isNear || (mayOverflow && !Number.isFinite(y)), what);
      }
    }
    tf.dispose([x, filter]);
  }
});

Deno.test("where gradients are recorded floats are multiplied, to the bit", () => {
  const x = noise([1, 6, 6, 32], 1), filter = noise([1, 1, 32, 48], 2);
  const gradients = () => {
    const { value, grads } = tf.valueAndGrads((x, f) => tf.sum(tf.square(pointwise(x, f))))(
      [x, filter],
    );
    return tf.concat([value, ...grads].map((t) => t.flatten()));
  };
  assert.deepEqual(computed("int16", gradients), computed("float32", gradients));
  tf.dispose([x, filter]);
});

Deno.test("another precision is refused by name", () => {
  const precision = "int8" as Precision;
  assert.throws(() => registerWasmBackend({ precision }), /one of float32, int16, got int8/);
});

Deno.test("floats are what they were, once integers are not asked for any more", () => {
  const x = noise([1, 6, 6, 32], 1), filter = noise([1, 1, 32, 48], 2);
  const product = () => pointwise(x, filter);
  const before = computed("float32", product), integers = computed("int16", product);
  assert.notDeepEqual(integers, before);
  assert.deepEqual(computed("float32", product), before);
  tf.dispose([x, filter]);
});

Deno.test("threads, and a recording that is replayed, do not change a bit", async () => {
  const filter = tf.keep(noise([1, 1, 64, 96], 2)), depth = tf.keep(noise([3, 3, 96, 1], 3));
  const answer = (x: tf.Tensor) =>
    tf.depthwiseConv2d(
      tf.relu6(pointwise(x, filter)) as tf.Tensor4D,
      depth as tf.Tensor4D,
      1,
      1,
    );
  const photo = (seed: number) => noiseValues(14 * 14 * 64, seed);
  const shape: [number, number, number, number] = [1, 14, 14, 64];
  setThreads(1);
  const expected = [1, 2, 3, 4, 5, 6].map((seed) =>
    computed("int16", () => answer(tf.tensor4d(photo(seed), shape)))
  );
  setThreads(2);
  registerWasmBackend({ precision: "int16" });
  const step = repeatStep<Float32Array>((input) => [
    answer(input(shape, "float32", (values) => values)),
  ]);
  for (let seed = 1; seed <= 6; seed++) {
    const come = await step.run(photo(seed));
    const [{ outputs: [values] }] = come.length > 0 ? come : await step.finish();
    assert.deepEqual(Float32Array.from(values), expected[seed - 1]);
  }
  registerWasmBackend({ precision: "float32" });
  tf.dispose([filter, depth]);
});

/** The variants of a convolution, and how one of them is chosen. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { ComputedStep, type RepeatedStep, type StepInput } from "../../../backend/repeat.ts";
import { SHARED } from "../../../backend/webgpu/conv_tile.ts";
import { allocate } from "../../../backend/webgpu/dispatch.ts";
import { ReplayedStep } from "../../../backend/webgpu/replay/replayed_step.ts";
import type { TfjsWebGpuBackend } from "../../../backend/webgpu/tfjs_backend.ts";
import { keepTuningIn, Tuner, tunerOf } from "../../../backend/webgpu/tuner.ts";
import { noise, noiseValues, withGradients } from "../compare.ts";
import { normalized } from "../contract/lazy.ts";
import { asOnGpu } from "./as_on_gpu.ts";
import { WEBGPU } from "./subject.ts";

const backend = () => tf.backend() as unknown as TfjsWebGpuBackend;

/** Vectors and single channels; 72 filters have one, two and three columns a thread, the others one. */
const CASES = [
  { input: [2, 9, 7, 24], filters: 72, kernel: 1, stride: 1, pad: 0 },
  { input: [1, 5, 7, 7], filters: 5, kernel: 1, stride: 1, pad: 0 },
  { input: [2, 9, 8, 16], filters: 24, kernel: 3, stride: 1, pad: 1 },
  { input: [3, 9, 8, 5], filters: 6, kernel: 3, stride: 2, pad: 1 },
];

for (const { input, filters, kernel, stride, pad } of CASES) {
  WEBGPU.test(
    `every variant of a ${kernel}×${kernel} convolution of [${input}] computes the same bits`,
    () =>
      asOnGpu(async () => {
        const tuner = tunerOf(backend()), { choose } = tuner;
        const compute = () =>
          withGradients(
            [noise(input, 1), noise([kernel, kernel, input[3], filters], 2)],
            // The 1×1 kernels compute a lazy operand themselves.
            (x, filter) => tf.conv2d(normalized(x), filter as tf.Tensor4D, stride, pad),
          );
        const used = new Set<string>();
        const results: Float32Array[][] = [];
        for (let i = 0; i < 8; i++) {
          tuner.choose = (_, variants) => {
            const variant = variants[i % variants.length];
            used.add(JSON.stringify(variant));
            return variant;
          };
          results.push(await WEBGPU.valuesOf(compute));
        }
        tuner.choose = choose;
        assert.ok([...used].some((variant) => variant.includes("shared")));
        assert.ok([...used].some((variant) => variant.includes("registers")));
        for (const result of results) assert.deepEqual(result, results[0]);
      }),
  );
}

WEBGPU.test("every tile of a workgroup's own memory computes the same bits", () =>
  asOnGpu(async () => {
    const tuner = tunerOf(backend()), { choose } = tuner;
    const compute = () =>
      withGradients(
        [noise([1, 9, 11, 40], 1), noise([1, 1, 40, 76], 2)],
        (x, filter) => tf.conv2d(normalized(x), filter as tf.Tensor4D, 1, 0),
      );
    const results: Float32Array[][] = [];
    try {
      for (const [i, [TM, TN, LX, LY]] of SHARED.entries()) {
        const BK = [4, 8, 16][i % 3];
        tuner.choose = <V>() => ({ kind: "shared", TM, TN, LX, LY, BK }) as V;
        results.push(await WEBGPU.valuesOf(compute));
      }
    } finally {
      tuner.choose = choose;
    }
    for (const [i, result] of results.entries()) assert.deepEqual(result, results[0], `tile ${i}`);
  }));

for (const clock of ["the GPU's clock", "the CPU's clock"]) {
  WEBGPU.test(`the fastest variant by ${clock} is used once it was measured, and the choice is handed out`, async () => {
    const { supportTimestampQuery } = backend();
    backend().supportTimestampQuery = supportTimestampQuery && clock === "the GPU's clock";
    try {
      await chooseFastest();
    } finally {
      backend().supportTimestampQuery = supportTimestampQuery;
    }
  });
}

async function chooseFastest(): Promise<void> {
  const tuner = new Tuner(backend(), "a GPU");
  const records: unknown[] = [];
  tuner.keep = (record) => {
    records.push(record);
    return Promise.resolve();
  };
  const run = (repeats: number) => {
    // More work, more time.
    for (let i = 0; i < repeats; i++) {
      tf.tidy(() => void tf.matMul(tf.ones([256, 256]), tf.ones([256, 256])));
    }
  };
  const prepare = () => ({ tensors: [allocate(backend(), [1000])], run });
  const variants = [8, 1, 4];
  assert.equal(tuner.choose("products", variants, prepare), 8);
  assert.equal(tuner.open, 1);
  const memory = () => [tf.memory().numTensors, tf.backend().numDataIds()];
  const before = memory();
  assert.equal(await tuner.settle(), 1);
  assert.deepEqual(memory(), before);
  assert.equal(tuner.choose("products", variants, prepare), 1);
  assert.equal(await tuner.settle(), 0);
  assert.deepEqual(records, [{ adapter: "a GPU", choices: { products: 1 } }]);

  const record = JSON.parse(JSON.stringify(records[0]));
  const same = new Tuner(backend(), "a GPU"), other = new Tuner(backend(), "another GPU");
  for (const tuner of [same, other]) tuner.recall(record);
  assert.equal(same.choose("products", variants, prepare), 1);
  assert.equal(same.open, 0);
  assert.equal(other.choose("products", variants, prepare), 8);
  // What is not a variant any more counts for nothing, and neither does a damaged record.
  assert.equal(same.choose("products", [8, 4], prepare), 8);
  for (const damaged of [null, 3, {}, { adapter: "a GPU", choices: null }]) same.recall(damaged);
}

WEBGPU.test("a step that is replayed often measures its shapes once, and computes what it did before", async () => {
  const folder = await Deno.makeTempDir();
  const filter = tf.tidy(() => tf.variable(noise([1, 1, 24, 40], 2)));
  const compute = (input: StepInput<number>) => {
    const x = input([1, 6, 6, 24], "float32", (seed) => noiseValues(6 * 6 * 24, seed));
    return [tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor as tf.Tensor4D, 1, 0)];
  };
  const outputs = async (step: RepeatedStep<number>) => {
    const results = [];
    for (let i = 0; i < 9; i++) results.push(...await step.run(i));
    results.push(...await step.finish());
    step.dispose();
    return results.map(({ outputs }) => outputs);
  };
  let replayed: unknown;
  await asOnGpu(async () => {
    const tuner = tunerOf(backend());
    await keepTuningIn(folder);
    const step = new ReplayedStep(compute);
    replayed = await outputs(step);
    assert.ok(step.isReplaying);
    assert.equal(tuner.open, 0);
    const [{ name }] = await Array.fromAsync(Deno.readDir(folder));
    const record = JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
    assert.deepEqual(record, tuner.record);
    assert.ok(Object.keys(record.choices).length > 0);
  }, { measuresAfter: 1 });
  assert.deepEqual(replayed, await outputs(new ComputedStep(compute)));
  filter.dispose();
  await Deno.remove(folder, { recursive: true });
});

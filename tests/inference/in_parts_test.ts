import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { TooLargeTensor } from "../../backend/too_large_tensor.ts";
import { PartsThatFit } from "../../inference/in_parts.ts";
import { predictDataset } from "../../inference/predict_dataset.ts";
import { predictorOf } from "../../inference/predictor.ts";
import { repeatedPredictorOf } from "../../inference/repeated_predictor.ts";
import { WEBGPU } from "../backend/webgpu/subject.ts";
import { withLimit } from "../backend/webgpu/with_limit.ts";
import { TOY, ToyLoader, toyModelWithNorm } from "../training/toy.ts";

Deno.test("each photo is answered once, in its place, by as few parts as fit", async () => {
  for (const [count, fitting] of [[1, 1], [7, 7], [7, 9], [16, 15], [64, 27], [5, 1], [0, 3]]) {
    const parts = new PartsThatFit();
    for (const round of ["finding out", "knowing"]) {
      const sizes: number[] = [];
      const answers = await parts.answerAll(count, (from, to) => {
        // A later tensor of a network may be larger than the one that was refused first.
        const most = to - from > 2 * fitting ? 2 * fitting : fitting;
        if (to - from > most) {
          return Promise.reject(new TooLargeTensor("too large", most / (to - from)));
        }
        sizes.push(to - from);
        return Promise.resolve(Array.from({ length: to - from }, (_, i) => from + i));
      });
      assert.deepEqual(answers, Array.from({ length: count }, (_, i) => i));
      assert.equal(sizes.length, Math.ceil(count / fitting), `${count} by ${fitting}, ${round}`);
      assert.ok(new Set(sizes).size <= 2, `${sizes}`);
    }
  }
});

Deno.test("a photo that does not fit by itself, and any other error, ends it", async () => {
  const error = new TooLargeTensor("too large", 0.9);
  let asked = 0;
  const refuse = () => (asked++, Promise.reject(error));
  await assert.rejects(new PartsThatFit().answerAll(8, refuse), (thrown) => thrown === error);
  assert.ok(asked <= 8);
  asked = 0;
  const broken = () => (asked++, Promise.reject(new Error("no")));
  await assert.rejects(new PartsThatFit().answerAll(8, broken), /^Error: no$/);
  assert.equal(asked, 1);
});

WEBGPU.test("what an adapter cannot bind is answered in parts, the same and without a leak", async () => {
  const { preprocessing } = TOY, side = preprocessing.size;
  const model = toyModelWithNorm(), loader = new ToyLoader(11, 7, 100);
  const crops = Array.from(
    { length: 7 },
    (_, photo) => Uint8Array.from({ length: side * side * 3 }, (_, i) => photo * 31 + i * 17),
  );
  const ask = async () => [
    await predictDataset(model, loader),
    await predictorOf(model, preprocessing)(crops),
    await repeatedPredictorOf(model, preprocessing)(crops),
  ];
  const expected = await ask();
  const before = tf.memory().numTensors;
  await withLimit(3 * side * side * 3 * 4, async () => {
    const images = tf.zeros<tf.Rank.R4>([4, side, side, 3]);
    await assert.rejects(model.outputs(images), TooLargeTensor);
    assert.deepEqual(await ask(), expected);
  });
  model.dispose();
  assert.equal(tf.memory().numTensors, before - model.parameters.size);
});

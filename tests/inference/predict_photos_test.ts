import assert from "node:assert/strict";
import { describeOutput, predictPhotos } from "../../inference/predict_photos.ts";
import { UNCALIBRATED } from "../../inference/postprocessing.ts";

const classes = ["ant", "bee", "crab"];
const reading = { classes, postprocessing: UNCALIBRATED, top: 2 };

Deno.test("an output is told by its likeliest classes, the best first", () => {
  const told = describeOutput({ logits: [0, 2, 1], features: new Float32Array() }, reading);
  assert.deepEqual(told.top.map(({ label }) => label), ["bee", "crab"]);
  assert.equal(told.label, "bee");
  assert.equal(told.probability, told.top[0].probability);
  assert.ok(told.probability > told.top[1].probability);
  assert.deepEqual(told.logits, [0, 2, 1]);
  assert.ok(!("none_of_these" in told));
});

Deno.test("photos are answered in their order, one that cannot be read by its reason", async () => {
  const paths = Array.from({ length: 20 }, (_, i) => `${i}.jpg`);
  const results = await Array.fromAsync(predictPhotos(paths, {
    ...reading,
    crop: async (path) => {
      const number = parseInt(path);
      await new Promise((resolve) => setTimeout(resolve, 10 * Math.random()));
      return number === 7 ? { refusal: "it is broken" } : { crop: Uint8Array.of(number % 3) };
    },
    cutting: 5,
    // Says the class that the crop's only byte names.
    predict: (crops) =>
      Promise.resolve(crops.map(([label]) => ({
        logits: classes.map((_, i) => i === label ? 1 : 0),
        features: new Float32Array(),
      }))),
    batch: 3,
    predicting: 2,
  }));
  assert.deepEqual(results.map(({ result }) => result.path), paths);
  results.forEach(({ result, crop }, i) => {
    if (i === 7) assert.deepEqual(result, { path: "7.jpg", error: "it is broken" });
    else {
      assert.equal("label" in result && result.label, classes[i % 3]);
      assert.deepEqual(crop, Uint8Array.of(i % 3));
    }
  });
});

Deno.test("photos that are answered together come in their order, the refused ones by their reason", async () => {
  const paths = Array.from({ length: 20 }, (_, i) => `${i}.jpg`);
  const sizes: number[] = [];
  const results = await Array.fromAsync(predictPhotos(paths, {
    ...reading,
    answer: async (paths) => {
      sizes.push(paths.length);
      await new Promise((resolve) => setTimeout(resolve, 10 * Math.random()));
      return paths.map((path) => {
        const number = parseInt(path);
        if (number === 7) return { refusal: "it is broken" };
        const logits = classes.map((_, i) => i === number % 3 ? 1 : 0);
        return { logits, features: Float32Array.of(number) };
      });
    },
    batch: 3,
    predicting: 2,
  }));
  assert.deepEqual(sizes, [3, 3, 3, 3, 3, 3, 2]);
  assert.deepEqual(results.map(({ result }) => result.path), paths);
  results.forEach(({ result, features }, i) => {
    if (i === 7) assert.deepEqual(result, { path: "7.jpg", error: "it is broken" });
    else {
      assert.equal("label" in result && result.label, classes[i % 3]);
      assert.deepEqual(features, Float32Array.of(i));
    }
  });
});

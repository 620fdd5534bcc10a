import assert from "node:assert/strict";
import { linearInit } from "../../data/torch_init.ts";
import { Generator } from "../../data/torch_random.ts";
import { mobilenetV2 } from "../../models/mobilenet_v2.ts";
import { replaceHead, withHead } from "../../training/head.ts";

Deno.test("a given head is transposed, rounded to float32, and leaves all else as it is", () => {
  const stem = { shape: [1], data: Float32Array.of(7) };
  const before = new Map([["stem", stem], ["fc.weight", { shape: [9, 9], data: stem.data }]]);
  const weight = Float64Array.of(1, 2, 3, 4, 5, 0.1), bias = Float64Array.of(-1, 1e-50);
  const after = withHead(before, { head: "fc" }, { weight, bias });
  assert.equal(after.get("stem"), stem);
  assert.deepEqual(after.get("fc.weight"), {
    shape: [3, 2],
    data: Float32Array.of(1, 4, 2, 5, 3, 0.1),
  });
  assert.deepEqual(after.get("fc.bias"), { shape: [2], data: Float32Array.of(-1, 0) });
});

Deno.test("a new head is torch's nn.Linear of as many outputs as there are classes", () => {
  const parameters = replaceHead(new Map(), mobilenetV2, 3, new Generator(5));
  const { weight, bias } = linearInit(new Generator(5), 1280, 3);
  const ours = parameters.get("classifier.1.weight")!;
  assert.deepEqual(ours.shape, [1280, 3]);
  for (const [out, i] of [[0, 0], [2, 1279], [1, 640]]) {
    assert.equal(ours.data[i * 3 + out], weight[out * 1280 + i]);
  }
  assert.deepEqual(parameters.get("classifier.1.bias")!.data, bias);
});

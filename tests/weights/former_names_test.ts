import assert from "node:assert/strict";
import { vitB16 } from "../../models/vit.ts";
import { withNamesOfToday } from "../../weights/former_names.ts";
import type { Tensor } from "../../weights/tensor.ts";

const tensor: Tensor = { dtype: "float32", shape: [1], data: Float32Array.of(1) };
const block = "encoder.layers.encoder_layer_3";

Deno.test("the file of ViT-B/16, older than its linear layers' names, gets those of today", () => {
  const file = [
    `${block}.mlp.linear_1.weight`,
    `${block}.mlp.linear_2.bias`,
    `${block}.ln_1.weight`,
  ];
  const renamed = withNamesOfToday(
    new Map(file.map((name) => [name, tensor])),
    vitB16.formerNames,
  );
  assert.deepEqual([...renamed.keys()], [
    `${block}.mlp.0.weight`,
    `${block}.mlp.3.bias`,
    `${block}.ln_1.weight`,
  ]);
  assert.equal(renamed.get(`${block}.mlp.3.bias`), tensor);
});

Deno.test("names of today, and those of models that kept theirs, stay", () => {
  const today = new Map([[`${block}.mlp.0.weight`, tensor]]);
  assert.deepEqual(withNamesOfToday(today, vitB16.formerNames), today);
  assert.deepEqual(withNamesOfToday(today), today);
});

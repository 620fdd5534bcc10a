import assert from "node:assert/strict";
import { ARCHITECTURES } from "../../models/registry.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { readShapes } from "../../certify/reference_model.ts";

for (const architecture of ARCHITECTURES) {
  Deno.test(`${architecture.name} has torchvision's parameters by name and shape`, async () => {
    const ours = parameterSpecs(architecture, 1000).map(({ name, shape }) => [name, shape]);
    assert.deepEqual(Object.fromEntries(ours), await readShapes(architecture.name));
  });
}

Deno.test("only the running buffers of batch norm are not trainable", () => {
  for (const architecture of ARCHITECTURES) {
    for (const { name, trainable } of parameterSpecs(architecture, 2)) {
      assert.equal(trainable, !/running_(mean|var)$/.test(name), name);
    }
  }
});

import assert from "node:assert/strict";
import { ARCHITECTURES } from "../../models/registry.ts";
import { dropoutSize, parameterSpecs } from "../../models/parameter_specs.ts";
import { readShapes } from "../../bench/certify/reference_model.ts";

for (const architecture of ARCHITECTURES) {
  Deno.test(`${architecture.name} has torchvision's parameters by name and shape`, async () => {
    const ours = parameterSpecs(architecture, 1000).map(({ name, shape }) => [name, shape]);
    assert.deepEqual(
      Object.fromEntries(ours),
      await readShapes(architecture.variantOf ?? architecture.name),
    );
  });
}

Deno.test("only batch norm's running buffers, indices and what inference does not use are not trainable", () => {
  for (const architecture of ARCHITECTURES) {
    for (const { name, trainable } of parameterSpecs(architecture, 2)) {
      assert.equal(
        trainable,
        !/running_(mean|var)$|mask_token$|relative_position_index$/.test(name),
        name,
      );
    }
  }
});

Deno.test("dropout decides on every feature before the head, where there is dropout", () => {
  const sizes = ARCHITECTURES.map((architecture) => [architecture.name, dropoutSize(architecture)]);
  assert.deepEqual(Object.fromEntries(sizes), {
    resnet18: 0,
    resnet34: 0,
    resnet34_a1: 0,
    resnet50: 0,
    resnet50_v2: 0,
    resnet101: 0,
    resnet101_v2: 0,
    mobilenet_v2: 1280,
    mobilenet_v3_small: 1024,
    mobilenet_v3_large: 1280,
    mobilenet_v3_large_v2: 1280,
    mobilenetv4_conv_small: 0,
    mobilenetv4_conv_medium: 0,
    efficientnet_lite0: 1280,
    efficientnet_lite1: 1280,
    efficientnet_lite2: 1280,
    // Of stochastic depth, one for each block with a shortcut.
    efficientnet_b0: 1280 + 9,
    efficientnet_v2_s: 1280 + 34,
    regnet_y_400mf: 0,
    regnet_y_400mf_v2: 0,
    convnext_tiny: 17, // in all blocks but the first
    swin_t: 22, // twice in all blocks but the first
    deit_tiny: 0,
    deit_small: 0,
    vit_b_16: 0,
    dinov2_vits14: 0,
    dinov2_vits14_reg: 0,
  });
});

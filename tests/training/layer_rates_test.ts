import assert from "node:assert/strict";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { ARCHITECTURES } from "../../models/registry.ts";
import { layerRates, weightDecays } from "../../training/layer_rates.ts";

const named = (...names: string[]) => names.map((name) => ({ name }));

Deno.test("rates rise by the same factor from stage to stage, up to the head's", () => {
  const specs = named(
    "conv1.weight",
    "layer1.0.conv1.weight",
    "layer1.0.bn1.bias",
    "layer1.1.a.b",
    "fc.weight",
  );
  const rates = layerRates(specs, 0.001);
  [0.001, 0.01, 0.01, 0.1, 1].forEach((rate, i) => assert.ok(Math.abs(rates[i] - rate) < 1e-12));
});

Deno.test("stages are known by their numbers, wherever these are in a name", () => {
  const stages = [
    ["cls_token"],
    ["conv_proj.weight", "conv_proj.bias"],
    ["encoder.layers.encoder_layer_0.ln_1.weight", "encoder.layers.encoder_layer_0.mlp.0.bias"],
    ["encoder.layers.encoder_layer_11.ln_1.weight"],
    ["blocks.2.norm1.weight", "blocks.2.mlp.fc1.weight"],
    ["features.3.1.weight"],
    ["features.3.2.weight", "features.3.2.bias"],
    ["heads.weight"],
  ];
  const rates = layerRates(named(...stages.flat()), 1e-7);
  const expected = stages.flatMap((stage, i) => stage.map(() => 10 ** (i - 7)));
  rates.forEach((rate, i) => assert.ok(Math.abs(rate / expected[i] - 1) < 1e-9, `${i}: ${rate}`));
});

Deno.test("a network of one stage learns at the head's rate", () => {
  assert.deepEqual(layerRates(named("fc.weight", "fc.bias"), 0.1), [1, 1]);
});

Deno.test("in every architecture the first layer is the slowest and the head the fastest", () => {
  for (const architecture of ARCHITECTURES) {
    const specs = parameterSpecs(architecture, 3).filter(({ trainable }) => trainable);
    const rates = layerRates(specs, 0.1);
    assert.ok(Math.abs(rates[0] - 0.1) < 1e-12, architecture.name);
    specs.forEach(({ name }, i) => {
      assert.equal(rates[i] === 1, name.startsWith(`${architecture.head}.`), name);
      assert.ok(rates[i] >= 0.1 - 1e-12 && rates[i] <= 1, name);
    });
    assert.ok(new Set(rates).size >= 5, architecture.name);
  }
});

Deno.test("weights decay; biases, scales and shifts, tokens and positions do not", () => {
  for (const architecture of ARCHITECTURES) {
    const specs = parameterSpecs(architecture, 3);
    const decays = weightDecays(specs, 0.05);
    specs.forEach(({ shape, name }, i) => {
      // torchvision's ConvNeXt keeps a layer's scales as [channels, 1, 1]; timm's transformers name
      // tokens and positions as what does not decay, Swin's biases of places among them.
      const isWeight = shape.length > 1 &&
        !/(layer_scale|token|tokens|pos_embed\w*|relative_position_\w+)$/.test(name);
      assert.equal(decays[i], isWeight ? 0.05 : 0, name);
    });
  }
});

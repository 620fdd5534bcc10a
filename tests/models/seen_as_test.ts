import assert from "node:assert/strict";
import { ARCHITECTURES, findArchitecture } from "../../models/registry.ts";
import { describedArchitecture, preprocessingFor } from "../../models/seen_as.ts";

Deno.test("asked for nothing, photos are prepared as for the pretrained weights", () => {
  for (const architecture of ARCHITECTURES) {
    assert.deepEqual(preprocessingFor(architecture, {}), architecture.preprocessing);
    assert.deepEqual(preprocessingFor(architecture, { fit: "crop" }), architecture.preprocessing);
  }
});

Deno.test("a centre crop of another size keeps its share; what sees all has nothing to crop", () => {
  const resnet = findArchitecture("resnet18"), lite = findArchitecture("efficientnet_lite1");
  const of = (architecture: typeof resnet, asked: Parameters<typeof preprocessingFor>[1]) => {
    const { fit, resize, size } = preprocessingFor(architecture, asked);
    return { fit, resize, size };
  };
  // timm: floor(size / crop_pct), of 0.875.
  assert.deepEqual(of(resnet, { size: 160 }), { fit: undefined, resize: 182, size: 160 });
  assert.deepEqual(of(lite, { size: 120 }), { fit: undefined, resize: 136, size: 120 });
  assert.deepEqual(of(resnet, { fit: "pad" }), { fit: "pad", resize: 224, size: 224 });
  assert.deepEqual(of(lite, { fit: "squash", size: 96 }), { fit: "squash", resize: 96, size: 96 });
});

Deno.test("sizes that cannot be seen are refused with those that can", () => {
  const ask = (name: string, size: number) => () =>
    preprocessingFor(findArchitecture(name), { size });
  assert.throws(ask("vit_b_16", 256), /vit_b_16 knows places .* take the size 224/);
  assert.throws(ask("deit_tiny", 250), /take the size 240 or 256/);
  assert.throws(ask("dinov2_vits14", 225), /take the size 224 or 238/);
  for (const size of [0, 31, 1025, NaN]) {
    assert.throws(ask("resnet18", size), /take a size from 32 to 1024/);
  }
  assert.equal(ask("dinov2_vits14", 238)().size, 238);
});

Deno.test("a described model sees photos as its description says", () => {
  const found = findArchitecture("deit_tiny");
  const preprocessing = preprocessingFor(found, { fit: "squash", size: 240 });
  const described = describedArchitecture({ architecture: "deit_tiny", preprocessing });
  assert.deepEqual(described, { ...found, preprocessing });
});

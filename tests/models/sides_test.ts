import assert from "node:assert/strict";
import fc from "fast-check";
import { OnnxGraph } from "../../export/onnx_graph.ts";
import { OnnxLayers, type OnnxValue } from "../../export/onnx_layers.ts";
import { ARCHITECTURES, findArchitecture } from "../../models/registry.ts";
import { LEAST_SIZE } from "../../models/sizes.ts";
import { assertSide } from "../../models/sides.ts";

const refuses = (name: string, side: number, message: RegExp) =>
  assert.throws(() => assertSide(findArchitecture(name), side), message);

Deno.test("a size that positions cannot be had for is refused with sizes that work", () => {
  refuses("deit_tiny", 230, /deit_tiny .* squares of 16×16 .* 230×230: take the size 224 or 240/);
  refuses("dinov2_vits14", 256, /14×14 .* 256×256: take the size 252 or 266/);
  refuses("deit_small", 5, /take the size 16 or 32/);
  refuses("vit_b_16", 384, /224×224 pixels alone, not of 384×384: take the size 224/);
});

Deno.test("sizes that positions are resampled for, and any size without positions, are taken", () => {
  for (const [name, side] of [["deit_tiny", 96], ["dinov2_vits14_reg", 518], ["vit_b_16", 224]]) {
    assertSide(findArchitecture(name as string), side as number);
  }
  for (const side of [37, 64, 225]) {
    assertSide(findArchitecture("resnet18"), side);
    assertSide(findArchitecture("convnext_tiny"), side);
    assertSide(findArchitecture("swin_t"), side);
  }
});

Deno.test("every network computes on each size that it takes, and else names one that it takes", () => {
  const compute = (architecture: typeof ARCHITECTURES[number], side: number) => {
    const images = { name: "images", channels: 3, layout: "channels first", side } as const;
    const features = architecture.features<OnnxValue>(new OnnxLayers(new OnnxGraph()), images);
    assert.equal(features.layout, "features");
  };
  const anyNetwork = fc.constantFrom(...ARCHITECTURES.filter(({ variantOf }) => !variantOf));
  const anySide = fc.integer({ min: LEAST_SIZE, max: 300 });
  fc.assert(
    fc.property(anyNetwork, anySide, (architecture, side) => {
      try {
        assertSide(architecture, side);
      } catch (error) {
        const named = [...(error as Error).message.matchAll(/(?:size|or) (\d+)/g)];
        assert.ok(named.length > 0, (error as Error).message);
        for (const [, size] of named) {
          assertSide(architecture, Number(size));
          compute(architecture, Number(size));
        }
        return;
      }
      compute(architecture, side);
    }),
    { seed: 1, numRuns: 60 },
  );
});

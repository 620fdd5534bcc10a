import assert from "node:assert/strict";
import { type Check, Comparison, Equality } from "../../../bench/certify/check.ts";
import { certify } from "../../../bench/certify/certificate.ts";
import { checkDecoding } from "../../../bench/certify/decoding.ts";
import { referenceCases } from "../../../bench/certify/models.ts";
import { checkRandomNumbers } from "../../../bench/certify/random_numbers.ts";
import { tableHeader, tableLine } from "../../../bench/certify/table.ts";
import { checkTransforms } from "../../../bench/certify/transforms.ts";
import { checkWeights } from "../../../bench/certify/weights.ts";
import { efficientnetLite0 } from "../../../models/efficientnet_lite.ts";
import { assertKept } from "../../models/assert_kept.ts";

Deno.test("a comparison reports what comes nearest to its bound, not the largest difference", () => {
  const check = new Comparison().add("a", 3, 5, 10).add("b", 4, 0.9, 1).check("logits", "x");
  assert.deepEqual(check, {
    stage: "logits",
    what: "x",
    compared: 7,
    difference: 0.9,
    bound: 1,
    ok: true,
    worst: "b",
  });
});

Deno.test("a difference beyond its bound, or that is not a number, breaks the comparison", () => {
  assert.equal(new Comparison().add("a", 1, 1.01, 1).check("logits", "x").ok, false);
  assert.equal(new Comparison().add("a", 1, 1e-9, 0).check("logits", "x").ok, false);
  const check = new Comparison().add("a", 1, NaN, 1).add("b", 1, 0, 0).check("logits", "x");
  assert.deepEqual([check.ok, check.worst], [false, "a"]);
});

Deno.test("what compared nothing certifies nothing", () => {
  assert.equal(new Comparison().check("logits", "x").ok, false);
  assert.equal(new Equality().check("weights", "x").ok, false);
});

Deno.test("exact values are counted where they differ, NaN equal to itself and 0 not to -0", () => {
  const equality = new Equality();
  equality.values("same", [NaN, 1, 2n], [NaN, 1, 2n]);
  equality.values("signs", [0, 5], [-0, 5]);
  equality.values("short", [1], [1, 2]);
  equality.digest("digest", 10, "ab", "ac");
  const { compared, difference, ok, worst } = equality.check("weights", "x");
  assert.deepEqual([compared, difference, ok, worst], [17, 13, false, "signs"]);
});

Deno.test("the table lines up, and names what breaks a bound", () => {
  const check: Check = {
    stage: "logits",
    what: "resnet18",
    compared: 32,
    difference: 0.00123,
    bound: 0.001,
    ok: false,
    worst: "fc.weight",
  };
  const line = tableLine(check);
  assert.match(line, /^logits +resnet18 +32 +1\.2e-3 +1\.0e-3 {2}NO: fc\.weight$/);
  assert.equal(line.indexOf("  NO"), tableHeader().indexOf("  ok"));
});

Deno.test("every architecture is certified, at each side that torch was asked for", async () => {
  assert.deepEqual(await referenceCases(), [
    ["resnet18", 64],
    ["resnet18", 224],
    ["resnet34", 64],
    ["resnet50", 64],
    ["resnet101", 64],
    ["mobilenet_v2", 64],
    ["mobilenet_v2", 224],
    ["mobilenet_v3_small", 64],
    ["mobilenet_v3_large", 64],
    ["mobilenetv4_conv_small", 64],
    ["mobilenetv4_conv_medium", 64],
    ["efficientnet_lite0", 64],
    ["efficientnet_lite0", 224],
    ["efficientnet_lite1", 64],
    ["efficientnet_lite2", 64],
    ["efficientnet_b0", 64],
    ["efficientnet_v2_s", 64],
    ["regnet_y_400mf", 64],
    ["convnext_tiny", 64],
    ["convnext_tiny", 224],
    ["swin_t", 72],
    ["swin_t", 224],
    ["deit_tiny", 64],
    ["deit_tiny", 224],
    ["deit_small", 224],
    ["vit_b_16", 224],
    ["dinov2_vits14", 56],
    ["dinov2_vits14", 224],
    ["dinov2_vits14_reg", 56],
  ]);
  await assert.rejects(
    referenceCases([efficientnetLite0, { ...efficientnetLite0, name: "efficientnet" }]),
    /nothing to compare efficientnet with: ask torch by tests\/reference\/models\.py/,
  );
});

Deno.test("shares of the certificate are other checks each, in its order", async () => {
  const stagesOf = async (part: number) =>
    (await Array.fromAsync(certify({ part, of: 1000 }))).map(({ stage }) => stage);
  assert.deepEqual(new Set(await stagesOf(1)), new Set(["random numbers"]));
  assert.deepEqual(new Set(await stagesOf(4)), new Set(["weights"]));
  assert.deepEqual(await stagesOf(1000), []);
});

for (
  const [what, stage] of Object.entries({
    "random numbers": checkRandomNumbers,
    decoding: checkDecoding,
    transforms: checkTransforms,
    weights: checkWeights,
  })
) {
  Deno.test(`${what} certify`, async () => {
    assertKept(await Array.fromAsync(stage()));
  });
}

import assert from "node:assert/strict";
import { normalizer } from "../../data/transforms.ts";
import { efficientnetLite0 } from "../../models/efficientnet_lite.ts";

Deno.test("EfficientNet-Lite0 sees bytes as TensorFlow gives them to it: (x - 127) / 128", () => {
  const normalized = new Float32Array(6);
  normalizer(efficientnetLite0.preprocessing)(Uint8Array.of(0, 127, 255, 255, 0, 63), normalized);
  const expected = [-127 / 128, 0, 1, 1, -127 / 128, -0.5];
  normalized.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-6, `${value}`));
});

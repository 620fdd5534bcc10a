import assert from "node:assert/strict";
import { nearest } from "../../../app/cli/nearest.ts";

Deno.test("a word is near another within two edits", () => {
  assert.equal(nearest("pipline", ["pipeline", "plan"]), "pipeline");
  assert.equal(nearest("xyzzy", ["pipeline", "plan"]), undefined);
  assert.equal(nearest("lpan", ["why", "plan"]), "plan");
});

Deno.test("a word is near what it begins, whatever its case and separators", () => {
  const names = ["mobilenet_v2", "mobilenet_v3_small", "resnet50", "resnet50_v2"];
  assert.equal(nearest("MobileNetV3", names), "mobilenet_v3_small");
  assert.equal(nearest("ResNet-50", names), "resnet50");
  assert.equal(nearest("resnet50v2", names), "resnet50_v2");
  assert.equal(nearest("r", names), undefined);
});

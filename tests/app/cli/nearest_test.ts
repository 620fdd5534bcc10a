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

Deno.test("a word is near the longest that it begins with, where nothing is nearer", () => {
  const names = ["swin_t", "resnet18", "resnet50", "resnet50_v2", "all"];
  assert.equal(nearest("swin_tiny_patch4_window7_224", names), "swin_t");
  assert.equal(nearest("resnet50_v2.tv_in1k", names), "resnet50_v2");
  assert.equal(nearest("resnet18.a1_in1k", names), "resnet18");
  assert.equal(nearest("alligators", names), undefined);
});

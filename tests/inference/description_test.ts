import assert from "node:assert/strict";
import {
  assertFitsArchitecture,
  type ModelDescription,
  parseDescription,
} from "../../inference/description.ts";
import { findArchitecture } from "../../models/registry.ts";
import { WeightsError } from "../../weights/tensor.ts";

const right: ModelDescription = {
  schema: 2,
  architecture: "mobilenet_v2",
  classes: ["ant", "bee"],
  preprocessing: findArchitecture("mobilenet_v2").preprocessing,
  pretrained: { origin: "nowhere", sha256: "", licence: "MIT" },
  temperature: 1.25,
};
const parse = (description: unknown) =>
  parseDescription({ graft: JSON.stringify(description) }, "a.onnx");

Deno.test("a description reads as it was written; where there is none, it is undefined", () => {
  assert.deepEqual(parse(right), right);
  assert.deepEqual(parse({ ...right, classes: 1000 }), { ...right, classes: 1000 });
  assert.equal(parseDescription({}), undefined);
  assert.equal(parseDescription({ format: "pt" }), undefined);
  assertFitsArchitecture(right, "a.onnx");
  assertFitsArchitecture(withPreprocessing({ size: 160, resize: 182 }), "a.onnx");
  assertFitsArchitecture(withPreprocessing({ size: 64, resize: 64, fit: "pad" }), "a.onnx");
});

/** What is wrong in a description, and what must be said of it. */
const WRONG: [string, unknown, RegExp][] = [
  ["null", null, /the whole/],
  ["an empty one", {}, /wrong in schema/],
  ["one of a later version", { ...right, schema: 3 }, /wrong in schema: .*Expected 2.*received 3/],
  ["classes that are numbers", { ...right, classes: [3] }, /wrong in classes/],
  ["no classes", { ...right, classes: [] }, /wrong in classes/],
  ["two thousand million classes", { ...right, classes: 2_000_000_000 }, /classes: .*<=100000/],
  ["two and a half classes", { ...right, classes: 2.5 }, /wrong in classes/],
  ["a temperature of 0", { ...right, temperature: 0 }, /temperature: .*>=0\.01/],
  ["a temperature of 1e-300", { ...right, temperature: 1e-300 }, /temperature: .*>=0\.01/],
  ["a temperature of 1e9", { ...right, temperature: 1e9 }, /temperature: .*<=100/],
  ["a fit that nobody knows", withPreprocessing({ fit: "stretch" as "pad" }), /preprocessing\.fit/],
  ["a side of half a pixel", withPreprocessing({ size: 0.5 }), /preprocessing\.size/],
];

for (const [what, description, message] of WRONG) {
  Deno.test(`${what} in a description is refused: file, field and what is right are named`, () => {
    assert.throws(() => parse(description), (error: Error) => {
      assert.ok(error instanceof WeightsError, String(error));
      assert.match(error.message, /^a\.onnx: what it says of its model/);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("a description that is no JSON, or too long, is refused before it is used", () => {
  assert.throws(() => parseDescription({ graft: "nonsense" }, "a.pth"), /a\.pth.*it is no JSON/);
  const long = "[".repeat(5 << 20);
  assert.throws(() => parseDescription({ graft: long }, "a.pth"), /it has 5242880 characters/);
  const classes = Array.from({ length: 100_001 }, () => "a");
  assert.throws(() => parse({ ...right, classes }), /wrong in classes/);
});

for (
  const [what, description, message] of [
    ["size 33", withPreprocessing({ size: 33 }), /preprocessing\.resize: it is 256.*takes 37/],
    ["size 31", withPreprocessing({ size: 31 }), /preprocessing\.size: .* from 32 to 1024/],
    ["padding and a crop", withPreprocessing({ fit: "pad" }), /resize: it is 256.*takes 224/],
    ["resize 300", withPreprocessing({ resize: 300 }), /preprocessing\.resize: .*takes 256/],
    ["a mean of 0", withPreprocessing({ mean: [0, 0, 0] }), /mean: it is 0,0,0.*takes 0\.485/],
    ["a std of 0", withPreprocessing({ std: [0, 0, 0] }), /preprocessing\.std/],
    ["an unknown architecture", { ...right, architecture: "vgg" }, /"vgg", known are .*resnet18/],
  ] as [string, ModelDescription, RegExp][]
) {
  Deno.test(`${what} does not fit the architecture, and what does is named`, () => {
    assert.throws(() => assertFitsArchitecture(description, "a.pth"), (error: Error) => {
      assert.ok(error instanceof WeightsError, String(error));
      assert.match(error.message, /^a\.pth: /);
      assert.match(error.message, message);
      return true;
    });
  });
}

function withPreprocessing(change: Partial<ModelDescription["preprocessing"]>): ModelDescription {
  return { ...right, preprocessing: { ...right.preprocessing, ...change } };
}

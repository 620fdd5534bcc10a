/** What tells photos of none of the classes, written into a file's metadata and read back. */
import assert from "node:assert/strict";
import { familiarMetadata, parseFamiliar } from "../../inference/familiar_metadata.ts";
import { WeightsError } from "../../weights/tensor.ts";

const references = { data: Float32Array.of(0.6, 0.8, -0, 1, 1e-40, 1), size: 2 };
const familiar = { references, threshold: 0.1 };
const KEY = "graft_familiar";

Deno.test("features come back bit for bit; where there are none, nothing is written", () => {
  const metadata = familiarMetadata(familiar);
  assert.deepEqual(parseFamiliar(metadata, 2, "a.onnx"), familiar);
  assert.deepEqual(familiarMetadata(undefined), {});
  assert.equal(parseFamiliar({}, 2, "a.onnx"), undefined);
});

Deno.test("bytes are little-endian float32, as other programs read them", () => {
  const { features } = JSON.parse(familiarMetadata(familiar)[KEY]);
  const bytes = Uint8Array.fromBase64(features);
  assert.equal(bytes.length, 24);
  assert.deepEqual([...bytes.subarray(12, 16)], [0x00, 0x00, 0x80, 0x3f]); // 1
});

const right = JSON.parse(familiarMetadata(familiar)[KEY]);
const WRONG: [what: string, text: string, message: RegExp][] = [
  ["no JSON", "{", /is wrong: /],
  ["null", "null", /is wrong: /],
  ["no threshold", JSON.stringify({ ...right, threshold: undefined }), /threshold/],
  ["a threshold beyond all distances", JSON.stringify({ ...right, threshold: 3 }), /<=2/],
  ["features of another model", JSON.stringify({ ...right, size: 3 }), /have 3 features, .* 2/],
  ["no base64", JSON.stringify({ ...right, features: "€" }), /is wrong: /],
  ["no photo", JSON.stringify({ ...right, features: "" }), /0 bytes are no rows of 2/],
  ["a row cut off", JSON.stringify({ ...right, features: "AAAA" }), /3 bytes are no rows of 2/],
  ["no number", JSON.stringify({ ...right, features: "AADAfwAAwH8=" }), /a feature is no number/],
];

for (const [what, text, message] of WRONG) {
  Deno.test(`${what} is refused, with the file and what to do`, () => {
    assert.throws(() => parseFamiliar({ [KEY]: text }, 2, "a.onnx"), (error: Error) => {
      assert.ok(error instanceof WeightsError);
      assert.match(error.message, message);
      assert.match(error.message, /^a\.onnx: .*Export the model again$/s);
      return true;
    });
  });
}

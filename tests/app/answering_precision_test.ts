import assert from "node:assert/strict";
import { checkPrecision, computedWith } from "../../app/answering_precision.ts";
import { UsageError } from "../../app/cli/errors.ts";

Deno.test("integers are refused where a graphics card would answer, with what to do", () => {
  checkPrecision("int16", "wasm");
  checkPrecision("float32", "wasm");
  checkPrecision("float32", "webgpu");
  assert.throws(() => checkPrecision("int16", "webgpu"), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /int16 .* graphics card .*: add --backend wasm, or leave/);
    return true;
  });
});

Deno.test("what is as ever is not mentioned", () => {
  assert.equal(computedWith("float32"), "");
  assert.equal(computedWith("int16"), "; computed with int16");
});

import assert from "node:assert/strict";
import { exportForm, folderName } from "../../app/export_form.ts";
import { UsageError } from "../../app/cli/errors.ts";
import { FORMATS, ONNX_INPUTS, PRECISIONS } from "../../export/usage.ts";

Deno.test("ONNX takes photos unless it is told otherwise; other formats take no --input", () => {
  const precision = "float32";
  assert.equal(exportForm({ format: "onnx", precision }).input, "photos");
  assert.equal(exportForm({ format: "onnx", input: "tensors", precision }).input, "tensors");
  for (const format of FORMATS.filter((format) => format !== "onnx")) {
    assert.equal(exportForm({ format, precision }).input, undefined);
    for (const input of ONNX_INPUTS) {
      assert.throws(
        () => exportForm({ format, input, precision }),
        (error) =>
          error instanceof UsageError && /--input is for --format onnx/.test(error.message),
      );
    }
  }
});

Deno.test("precisions that a format does not have are refused, naming those that have them", () => {
  const refused: string[] = [];
  for (const format of FORMATS) {
    for (const precision of PRECISIONS) {
      try {
        exportForm({ format, precision });
      } catch (error) {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, new RegExp(`--precision ${precision} is for --format onnx`));
        refused.push(`${format} ${precision}`);
      }
    }
  }
  assert.deepEqual(refused, [
    "safetensors int8",
    "pytorch float16",
    "pytorch int8",
    "tfjs float16",
    "tfjs int8",
    "page float16",
    "page int8",
  ]);
});

Deno.test("forms lie in folders of their own", () => {
  const names = FORMATS.flatMap((format) =>
    ONNX_INPUTS.flatMap((input) =>
      PRECISIONS.map((precision) => folderName({ format, input, precision }))
    )
  );
  assert.equal(new Set(names).size, names.length);
  assert.equal(folderName({ format: "onnx", input: "photos", precision: "float32" }), "onnx");
  assert.equal(
    folderName({ format: "onnx", input: "tensors", precision: "int8" }),
    "onnx_tensors_int8",
  );
});
